// One product, with what others say about it and, for whoever bought it, a place to say something.
import { api, session } from '../api.js'
import { categories } from '../categories.js'
import { day, h, money, perform, say, stars } from '../dom.js'
import { picture } from '../pictures.js'
import { buy } from './browse.js'

export async function product({ id, again }) {
  const [item, { byId }, reviews] = await Promise.all([
    api.products.get(id),
    categories(api),
    api.reviews.list({ where: { product: id }, sort: '-createdAt', limit: 20 }),
  ])
  const category = byId.get(item.category)
  const department = byId.get(category?.parent)
  const quantity = h('input', { id: 'quantity', type: 'number', min: 1, max: Math.min(99, item.stock), value: 1 })
  const add = h(
    'button',
    { class: 'button', disabled: item.stock === 0, onclick: () => perform(add, () => buy(item, Number(quantity.value) || 1)) },
    item.stock === 0 ? 'Sold out' : 'Add to cart',
  )
  return h(
    'div',
    { class: 'wide' },
    h(
      'nav',
      { class: 'crumbs', 'aria-label': 'Where this is' },
      h('a', { href: '/' }, 'Shop'),
      department && [' / ', h('a', { href: `/?department=${department.id}` }, department.name)],
      category && [' / ', h('a', { href: `/?category=${category.id}` }, category.name)],
    ),
    h(
      'article',
      { class: 'product' },
      h('div', { class: 'large' }, picture(item)),
      h(
        'div',
        {},
        h('h1', {}, item.name),
        h(
          'p',
          { class: 'note' },
          stars(item.rating, item.ratings),
          item.ratings === 0 ? ' No reviews yet' : ` ${Number(item.rating).toFixed(1)} from ${item.ratings} reviews`,
        ),
        h('p', { class: 'price' }, money(item.price)),
        h('p', { class: 'text' }, item.description),
        h(
          'p',
          { class: item.stock > 5 ? 'stock' : 'stock few' },
          item.stock === 0 ? 'Sold out at the moment' : item.stock <= 5 ? `Only ${item.stock} left` : 'In stock, leaves us within a day',
        ),
        h('div', { class: 'take' }, h('label', { for: 'quantity' }, 'Quantity'), quantity, add),
      ),
    ),
    h(
      'section',
      { class: 'reviews' },
      h('h2', {}, 'What people say'),
      session.user && (await ownReview(item, again)),
      reviews.data.length === 0 && h('p', { class: 'note' }, 'Nobody has said anything yet.'),
      h(
        'ul',
        {},
        reviews.data.map((review) =>
          h(
            'li',
            {},
            h('p', {}, stars(review.stars, 1), ' ', h('b', {}, review.by), h('span', { class: 'note' }, ` ${day(review.createdAt)}`)),
            h('p', {}, review.text),
          ),
        ),
      ),
    ),
  )
}

async function ownReview(item, again) {
  const bought = await api.lines.first({
    where: { product: item.id, order: { customer: session.user.id, status: { in: ['paid', 'shipped'] } } },
  })
  const said = bought && (await api.reviews.first({ where: { product: item.id, customer: session.user.id } }))
  if (!bought || said) return null
  const send = h('button', { class: 'button' }, 'Say it')
  const form = h(
    'form',
    {
      class: 'say',
      onsubmit: (event) => {
        event.preventDefault()
        const values = Object.fromEntries(new FormData(form))
        void perform(send, async () => {
          await api.reviews.create({ product: item.id, stars: Number(values.stars), text: values.text })
          say('Thank you.')
          await again()
        })
      },
    },
    h(
      'label',
      {},
      'Stars',
      h(
        'select',
        { name: 'stars' },
        [5, 4, 3, 2, 1].map((n) => h('option', { value: n }, '★'.repeat(n))),
      ),
    ),
    h('label', {}, 'How is it?', h('textarea', { name: 'text', rows: 3, maxlength: 2000, required: true })),
    send,
  )
  return form
}
