// The shop's own backend, and who is using it. The client is Offstage's, served by the app itself.
import { createClient } from '/offstage/client.js'

export const api = createClient(location.origin)

const remembered = 'signed-in'
const listeners = new Set()
export const session = { user: null, cart: null }

export const onSession = (listener) => listeners.add(listener)
const changed = () => {
  for (const listener of listeners) listener()
}

export const pieces = (cart) => (cart?.lines ?? []).reduce((sum, line) => sum + line.quantity, 0)

/** The cart with everything a page shows of it, or null while there is none. */
async function loadCart() {
  return api.orders.first({
    where: { status: 'cart', customer: session.user.id },
    sort: '-createdAt',
    include: { lines: { include: { product: true }, sort: 'createdAt' } },
  })
}

export async function refresh() {
  session.cart = session.user ? await loadCart() : null
  changed()
}

/** Asks who is signed in; only when somebody was, so that a stranger's visit costs nothing. */
export async function restore() {
  if (!localStorage.getItem(remembered)) return
  try {
    session.user = await api.auth.me()
  } catch {
    localStorage.removeItem(remembered)
  }
  await refresh()
}

export async function enter(kind, values) {
  const { user } = await (kind === 'up' ? api.auth.signUp(values) : api.auth.signIn(values))
  session.user = user
  localStorage.setItem(remembered, 'yes')
  await refresh()
}

export async function leave() {
  await api.auth.signOut()
  localStorage.removeItem(remembered)
  session.user = null
  await refresh()
}

export async function addToCart(product, quantity = 1) {
  const cart = session.cart ?? (await loadCart())
  const line = cart?.lines.find((l) => l.product?.id === product.id)
  if (!cart) await api.orders.create({ lines: { create: [{ product: product.id, quantity }] } })
  else if (line) await api.lines.update(line.id, { quantity: { increment: quantity } })
  else await api.lines.create({ order: cart.id, product: product.id, quantity })
  await refresh()
}
