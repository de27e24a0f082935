// The shelves: search, filters, sorting and pages. All of it is in the address, so that a view can be linked and gone back to.
import { addToCart, api, session } from '../api.js'
import { categories } from '../categories.js'
import { count, h, money, perform, say, stars } from '../dom.js'
import { picture } from '../pictures.js'
import { openDoor } from './door.js'

const sorts = {
  '-ratings': 'Most loved',
  price: 'Price, low to high',
  '-price': 'Price, high to low',
  '-createdAt': 'Newest',
  name: 'Name',
}
const pageSize = 24

/** What the address asks for, as a query of the API. */
function queryOf(parameters) {
  const where = {}
  const category = parameters.get('category')
  const department = parameters.get('department')
  if (category) where.category = category
  else if (department) where.category = { parent: department }
  const from = parameters.get('from')
  const to = parameters.get('to')
  if (from || to) where.price = { ...(from && { gte: from }), ...(to && { lte: to }) }
  if (parameters.get('stock')) where.stock = { gt: 0 }
  if (parameters.get('rating')) where.rating = { gte: '4.00' }
  const search = parameters.get('search')
  const sort = Object.hasOwn(sorts, parameters.get('sort') ?? '') ? parameters.get('sort') : '-ratings'
  return { where, sort, limit: pageSize, count: true, ...(search && { search }) }
}

export async function browse({ url, go }) {
  const parameters = url.searchParams
  const query = queryOf(parameters)
  const [{ roots, byId }, page] = await Promise.all([categories(api), api.products.list(query)])
  document.querySelector('#search').value = parameters.get('search') ?? ''
  for (const link of document.querySelectorAll('#departments a')) {
    link.ariaCurrent = parameters.get('department') && link.search.includes(parameters.get('department')) ? 'page' : null
  }

  const change = (name, value) => {
    const next = new URLSearchParams(parameters)
    if (value) next.set(name, value)
    else next.delete(name)
    if (name === 'department') next.delete('category')
    go(`/?${next}`, { keepFocus: true })
  }
  const title = parameters.get('search')
    ? `Results for “${parameters.get('search')}”`
    : (byId.get(parameters.get('category') ?? parameters.get('department'))?.name ?? 'Everything we make')
  const home = [...parameters.keys()].length === 0
  const grid = h('ul', { class: 'grid' }, page.data.map(card))
  return h(
    'div',
    {},
    home && hero(page.data),
    h(
      'div',
      { class: 'wide shelves' },
      filters({ roots, parameters, change }),
      h(
        'section',
        { 'aria-label': 'Products' },
        h(
          'div',
          { class: 'head' },
          h(home ? 'h2' : 'h1', {}, title),
          h('p', { class: 'note', id: 'count' }, `${count(page.count)} ${page.count === 1 ? 'product' : 'products'}`),
          h(
            'label',
            { class: 'sort' },
            h('span', {}, 'Sort by'),
            h(
              'select',
              { id: 'sort', onchange: (e) => change('sort', e.target.value) },
              Object.entries(sorts).map(([value, label]) => h('option', { value, selected: value === query.sort }, label)),
            ),
          ),
        ),
        page.data.length === 0 ? h('p', { class: 'empty' }, 'Nothing matches. Try fewer filters, or another word.') : grid,
        page.next && more(query, page.next, grid),
      ),
    ),
  )
}

function more(query, next, grid) {
  const button = h(
    'button',
    {
      class: 'button plain',
      onclick: () =>
        perform(button, async () => {
          const page = await api.products.list({ ...query, count: false, after: next })
          grid.append(...page.data.map(card))
          next = page.next
          if (!next) button.remove()
        }),
    },
    'Show more',
  )
  return h('p', { class: 'more' }, button)
}

function hero(products) {
  return h(
    'section',
    { class: 'hero' },
    h(
      'div',
      { class: 'wide' },
      h(
        'div',
        {},
        h('h1', {}, 'Made to be kept.'),
        h('p', {}, 'A thousand things for the house, the garden and the hill. Honest materials, mended for life.'),
        h('a', { class: 'button light', href: '/?sort=-createdAt' }, 'See what is new'),
      ),
      h('div', { class: 'trio', 'aria-hidden': 'true' }, products.slice(0, 3).map(picture)),
    ),
  )
}

/** Whether the filters are unfolded: on a phone they are not, until somebody asks for them. */
let opened = false

function filters({ roots, parameters, change }) {
  const department = parameters.get('department')
  const category = parameters.get('category')
  const choice = (name, id, label, current) =>
    h('button', { class: 'choice', 'aria-pressed': String(current), onclick: () => change(name, current ? '' : id) }, label)
  const price = (name, label) =>
    h(
      'label',
      {},
      h('span', { class: 'quiet' }, label),
      h('input', {
        name,
        type: 'number',
        min: 0,
        step: 1,
        inputmode: 'decimal',
        placeholder: label,
        value: parameters.get(name) ?? '',
        onchange: (e) => change(name, e.target.value),
      }),
    )
  const tick = (name, label) =>
    h(
      'label',
      { class: 'tick' },
      h('input', { type: 'checkbox', name, checked: parameters.has(name), onchange: (e) => change(name, e.target.checked ? 'yes' : '') }),
      label,
    )
  return h(
    'details',
    { class: 'filters', open: opened || matchMedia('(min-width: 901px)').matches, ontoggle: (e) => (opened = e.currentTarget.open) },
    h('summary', {}, 'Filters'),
    h('h2', {}, 'Department'),
    h(
      'ul',
      {},
      roots.map((root) => {
        const open = root.id === department || root.children.some((child) => child.id === category)
        return h(
          'li',
          {},
          choice('department', root.id, root.name, open && !category),
          open &&
            h(
              'ul',
              {},
              root.children.map((child) => h('li', {}, choice('category', child.id, child.name, child.id === category))),
            ),
        )
      }),
    ),
    h('h2', {}, 'Price'),
    h('div', { class: 'prices' }, price('from', 'From €'), price('to', 'To €')),
    h('h2', {}, 'Only'),
    tick('stock', 'In stock'),
    tick('rating', 'Four stars and more'),
  )
}

function card(product) {
  const add = h(
    'button',
    {
      class: 'add',
      disabled: product.stock === 0,
      'aria-label': `Add ${product.name} to the cart`,
      onclick: () => perform(add, () => buy(product)),
    },
    product.stock === 0 ? 'Sold out' : 'Add',
  )
  return h(
    'li',
    { class: 'card' },
    h('a', { href: `/products/${product.id}` }, picture(product), h('span', { class: 'name' }, product.name)),
    h('p', { class: 'note' }, stars(product.rating, product.ratings), ` ${product.ratings}`),
    h('div', { class: 'buy' }, h('b', {}, money(product.price)), add),
    product.stock > 0 && product.stock <= 5 && h('p', { class: 'few' }, `Only ${product.stock} left`),
  )
}

/** Puts it into the cart; whoever is not signed in yet is asked to first. */
export async function buy(product, quantity = 1) {
  if (!session.user) {
    try {
      await openDoor('up')
    } catch {
      return
    }
  }
  await addToCart(product, quantity)
  say(`${product.name} is in your cart.`)
}
