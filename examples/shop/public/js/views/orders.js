// What one has ordered, and how far it is.
import { api, session } from '../api.js'
import { count, day, h, money, orderNumber, perform } from '../dom.js'
import { picture } from '../pictures.js'

export const words = { cart: 'Cart', placed: 'Waiting for payment', paid: 'Paid', shipped: 'On its way', cancelled: 'Cancelled' }
export const status = (order) => h('span', { class: `status ${order.status}` }, words[order.status])

export async function orders() {
  if (!session.user) return h('section', { class: 'wide empty' }, h('h1', {}, 'My orders'), h('p', {}, 'Sign in to see your orders.'))
  const page = await api.orders.list({
    where: { customer: session.user.id, status: { not: 'cart' } },
    sort: '-placedAt',
    limit: 50,
    include: { lines: { include: { product: true } } },
  })
  return h(
    'div',
    { class: 'wide' },
    h('h1', {}, 'My orders'),
    page.data.length === 0 && h('p', { class: 'empty' }, 'Nothing ordered yet.'),
    h(
      'ul',
      { class: 'orders' },
      page.data.map((one) =>
        h(
          'li',
          {},
          h(
            'a',
            { href: `/orders/${one.id}` },
            h(
              'span',
              { class: 'thumbs', 'aria-hidden': 'true' },
              one.lines.slice(0, 4).map((line) => line.product && picture(line.product)),
            ),
            h(
              'span',
              {},
              h('b', {}, `Order ${orderNumber(one)}`),
              h(
                'span',
                { class: 'note' },
                `${day(one.placedAt)} · ${count(one.lines.length)} ${one.lines.length === 1 ? 'item' : 'items'}`,
              ),
            ),
            status(one),
            h('b', {}, money(one.total)),
          ),
        ),
      ),
    ),
  )
}

export async function order({ id }) {
  const one = await api.orders.get(id, { include: { lines: { include: { product: true }, sort: 'createdAt' } } })
  const pay = h(
    'button',
    {
      class: 'button',
      onclick: () =>
        perform(pay, async () => {
          const { page } = await api.call.pay({ order: one.id })
          location.assign(page)
        }),
    },
    `Pay ${money(one.total)}`,
  )
  return h(
    'div',
    { class: 'wide' },
    h('nav', { class: 'crumbs' }, h('a', { href: '/orders' }, 'My orders')),
    h('div', { class: 'head' }, h('h1', {}, `Order ${orderNumber(one)}`), status(one)),
    h(
      'div',
      { class: 'checkout' },
      h(
        'ul',
        { class: 'lines' },
        one.lines.map((line) =>
          h(
            'li',
            {},
            line.product && picture(line.product),
            h(
              'div',
              {},
              line.product ? h('a', { href: `/products/${line.product.id}` }, line.name) : line.name,
              h('p', { class: 'note' }, `${line.quantity} × ${money(line.price ?? 0)}`),
            ),
            h('b', {}, money(line.total ?? 0)),
          ),
        ),
      ),
      h(
        'section',
        { class: 'panel' },
        h('h2', {}, 'Goes to'),
        h('p', { class: 'address' }, one.address ?? '–'),
        h(
          'dl',
          {},
          h('dt', {}, 'Ordered'),
          h('dd', {}, one.placedAt ? day(one.placedAt) : '–'),
          h('dt', { class: 'sum' }, 'Total'),
          h('dd', { class: 'sum' }, money(one.total)),
        ),
        one.status === 'placed' && pay,
      ),
    ),
  )
}
