// The storefront: which address shows which view, and the parts of the page that are always there.
import { api, leave, onSession, pieces, restore, session } from './api.js'
import { h, perform } from './dom.js'
import { categories } from './categories.js'
import { browse } from './views/browse.js'
import { cart } from './views/cart.js'
import { openDoor } from './views/door.js'
import { order, orders } from './views/orders.js'
import { product } from './views/product.js'

const main = document.querySelector('#main')
const views = [
  [/^\/$/, browse],
  [/^\/products\/([^/]+)$/, product],
  [/^\/cart$/, cart],
  [/^\/orders$/, orders],
  [/^\/orders\/([^/]+)$/, order],
]

let turn = 0
async function show({ keepFocus = false } = {}) {
  const mine = ++turn
  const url = new URL(location.href)
  const found = views.map(([pattern, view]) => [pattern.exec(url.pathname), view]).find(([match]) => match)
  try {
    const content = found ? await found[1]({ id: found[0][1], url, go, again: () => show({ keepFocus: true }) }) : missing()
    if (mine !== turn) return
    main.replaceChildren(content)
  } catch (error) {
    if (mine !== turn) return
    main.replaceChildren(
      error.status === 404
        ? missing()
        : h('section', { class: 'wide empty' }, h('h1', {}, 'That did not work'), h('p', {}, error.detail ?? error.message)),
    )
  }
  const title = main.querySelector('h1')?.textContent
  document.title = title && url.pathname !== '/' ? `${title} · Hearth & Field` : 'Hearth & Field'
  if (!keepFocus) {
    main.focus({ preventScroll: true })
    scrollTo(0, 0)
  }
}

const missing = () =>
  h(
    'section',
    { class: 'wide empty' },
    h('h1', {}, 'Nothing here'),
    h('p', {}, 'This page does not exist, or is not yours to see.'),
    h('a', { class: 'button', href: '/' }, 'To the shop'),
  )

/** Goes to an address of the shop without loading the page again. */
export function go(address, options) {
  history.pushState(null, '', address)
  void show(options)
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="/"]')
  if (!link || 'outside' in link.dataset || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
  event.preventDefault()
  go(link.getAttribute('href'))
})
addEventListener('popstate', () => void show())

document.querySelector('form.search').addEventListener('submit', (event) => {
  event.preventDefault()
  const text = event.currentTarget.elements.search.value.trim()
  go(text ? `/?search=${encodeURIComponent(text)}` : '/')
})

function account() {
  const basket = h(
    'a',
    { class: 'cart', href: '/cart', 'aria-label': `Cart, ${pieces(session.cart)} items` },
    'Cart',
    h('span', { class: 'badge', 'aria-hidden': 'true' }, String(pieces(session.cart))),
  )
  const parts = session.user
    ? [
        h('span', { class: 'hello' }, `Hello, ${session.user.name.split(' ')[0]}`),
        session.user.role === 'staff' && h('a', { href: '/staff.html', 'data-outside': true }, 'Staff'),
        h('a', { href: '/orders' }, 'My orders'),
        h(
          'button',
          {
            class: 'link',
            onclick: (e) =>
              perform(e.currentTarget, async () => {
                await leave()
                go('/')
              }),
          },
          'Sign out',
        ),
      ]
    : [
        h('button', { class: 'link', onclick: () => openDoor('in').catch(() => {}) }, 'Sign in'),
        h('button', { class: 'link strong', onclick: () => openDoor('up').catch(() => {}) }, 'Sign up'),
      ]
  document.querySelector('#account').replaceChildren(...parts.filter(Boolean), basket)
}

async function departments() {
  const { roots } = await categories(api)
  const links = roots.map((root) => h('a', { href: `/?department=${root.id}` }, root.name))
  document.querySelector('#departments').replaceChildren(h('a', { href: '/?sort=-createdAt' }, 'All'), ...links)
}

onSession(account)
account()
void departments()
await restore()
await show({ keepFocus: true })
