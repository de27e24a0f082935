// What the people who work here see: how business goes, and the orders to pack. All figures are aggregates of the API.
import { api, leave, onSession, restore, session } from './api.js'
import { categories } from './categories.js'
import { barChart } from './chart.js'
import { count, day, h, money, orderNumber, perform, say } from './dom.js'
import { openDoor } from './views/door.js'
import { status, words } from './views/orders.js'

const main = document.querySelector('#main')
const sold = { status: { in: ['paid', 'shipped'] } }
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
let shown = 'paid'

async function show() {
  if (session.user?.role !== 'staff') {
    const enter = h('button', { class: 'button', onclick: () => openDoor('in').then(show, () => {}) }, 'Sign in as staff')
    main.replaceChildren(
      h('section', { class: 'wide empty' }, h('h1', {}, 'Staff only'), h('p', {}, 'This page is for the people who work here.'), enter),
    )
    return
  }
  const [figures, charts, orders] = await Promise.all([theFigures(), theCharts(), theOrders()])
  main.replaceChildren(h('div', { class: 'wide' }, h('h1', {}, 'How business goes'), figures, charts, orders))
}

async function theFigures() {
  const [[all], waiting, low] = await Promise.all([
    api.orders.aggregate({ where: sold, measures: { revenue: { sum: 'total' }, orders: 'count', average: { avg: 'total' } } }),
    api.orders.count({ status: 'paid' }),
    api.products.count({ active: true, stock: { lte: 5 } }),
  ])
  const figure = (label, value) => h('div', { class: 'figure' }, h('span', { class: 'note' }, label), h('b', {}, value))
  return h(
    'div',
    { class: 'figures' },
    figure('Revenue', money(all.revenue ?? 0)),
    figure('Orders paid', count(all.orders)),
    figure('To be shipped', count(waiting)),
    figure('Products running low', count(low)),
  )
}

async function theCharts() {
  const [months, lines, { byId }] = await Promise.all([
    api.orders.aggregate({ where: sold, group: [{ placedAt: 'month' }], zone, measures: { revenue: { sum: 'total' }, orders: 'count' } }),
    api.lines.aggregate({
      where: { order: sold },
      group: ['product.category'],
      measures: { revenue: { sum: 'total' } },
      sort: '-revenue',
      limit: 8,
    }),
    categories(api),
  ])
  const bars = months.slice(-18).map(({ placedAt, revenue, orders }) => {
    const at = new Date(`${placedAt}-01T00:00`)
    const name = at.toLocaleDateString('en-GB', { month: 'long', year: 'numeric' })
    return {
      label: at.toLocaleDateString('en-GB', { month: 'short' }),
      value: Number(revenue),
      title: `${name}: ${money(revenue)} from ${count(orders)} orders`,
    }
  })
  const best = Number(lines[0]?.revenue ?? 1)
  return h(
    'div',
    { class: 'charts' },
    h('section', {}, h('h2', {}, 'Revenue by month'), barChart(bars, 'Revenue by month')),
    h(
      'section',
      {},
      h('h2', {}, 'Best categories'),
      h(
        'ul',
        { class: 'ranks' },
        lines.map(({ 'product.category': category, revenue }) => {
          const name = byId.get(category)?.name ?? '–'
          return h(
            'li',
            {},
            h('span', {}, name),
            h('b', {}, money(revenue)),
            h('progress', { value: Number(revenue) / best, max: 1, 'aria-label': name }),
          )
        }),
      ),
    ),
  )
}

async function theOrders() {
  const page = await api.orders.list({ where: { status: shown }, sort: '-placedAt', limit: 25, include: { customer: true }, count: true })
  const redo = async () => main.querySelector('#orders').replaceWith(await theOrders())
  const tab = (name) =>
    h(
      'button',
      {
        'aria-pressed': String(name === shown),
        onclick: (e) =>
          perform(e.currentTarget, async () => {
            shown = name
            await redo()
          }),
      },
      words[name],
    )
  return h(
    'section',
    { id: 'orders' },
    h(
      'div',
      { class: 'head' },
      h('h2', {}, 'Orders'),
      h('span', { class: 'note' }, count(page.count)),
      h('div', { class: 'tabs' }, ['placed', 'paid', 'shipped', 'cancelled'].map(tab)),
    ),
    h(
      'div',
      { class: 'table' },
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ['Order', 'Placed', 'Customer', 'Status'].map((title) => h('th', {}, title)),
            h('th', { class: 'money' }, 'Total'),
            h('th', {}, h('span', { class: 'quiet' }, 'Change')),
          ),
        ),
        h(
          'tbody',
          {},
          page.data.map((order) =>
            h(
              'tr',
              {},
              h('td', {}, orderNumber(order)),
              h('td', {}, day(order.placedAt)),
              h('td', {}, order.customer?.name ?? '–'),
              h('td', {}, status(order)),
              h('td', { class: 'money' }, money(order.total)),
              h('td', {}, moves(order, redo)),
            ),
          ),
        ),
      ),
    ),
  )
}

const follows = { placed: ['cancelled'], paid: ['shipped', 'cancelled'] }
function moves(order, redo) {
  return (follows[order.status] ?? []).map((to) =>
    h(
      'button',
      {
        class: 'act',
        'aria-label': `${to === 'shipped' ? 'Ship' : 'Cancel'} order ${orderNumber(order)}`,
        onclick: (e) =>
          perform(e.currentTarget, async () => {
            await api.call.moveOrder({ order: order.id, to })
            say(`Order ${orderNumber(order)} is ${to}.`)
            await redo()
          }),
      },
      to === 'shipped' ? 'Ship' : 'Cancel',
    ),
  )
}

onSession(() => {
  const out = h(
    'button',
    {
      class: 'link',
      onclick: (e) =>
        perform(e.currentTarget, async () => {
          await leave()
          await show()
        }),
    },
    'Sign out',
  )
  document
    .querySelector('#account')
    .replaceChildren(
      ...(session.user
        ? [h('span', { class: 'hello' }, session.user.name), h('a', { href: '/' }, 'Shop'), out]
        : [h('a', { href: '/' }, 'Shop')]),
    )
})
await restore()
await show()
