// A page is made of elements: `h('p', { class: 'note' }, 'Hello')`. Text is always text, never markup.

/** Makes an element. `on...` are listeners, `true` and `false` set and drop an attribute, children may be nested lists or null. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name === 'value') element.value = value
    else if (value === true) element.setAttribute(name, '')
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value)
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

const currency = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' })
const dayName = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })

export const money = (decimal) => currency.format(decimal)
export const day = (iso) => dayName.format(new Date(iso))
export const count = (number) => number.toLocaleString('en-GB')
export const orderNumber = (order) => `#${order.id.slice(-6).toUpperCase()}`

/** Says something for a moment, to the eye and to a screen reader. */
export function say(message, kind = 'fine') {
  const note = h('p', { class: `toast ${kind}` }, message)
  document.querySelector('#toasts').append(note)
  setTimeout(() => note.remove(), 4500)
}

/** What went wrong, in words a customer can use. */
export function explain(error) {
  const fields = (error.errors ?? []).map(({ path, message }) => `${path}: ${message}`)
  return fields.length > 0 ? fields.join('\n') : (error.detail ?? error.message ?? 'Something went wrong. Please try again.')
}

/** Runs what a button or form does: busy meanwhile, and an error is said instead of thrown. */
export async function perform(element, work) {
  element.disabled = true
  try {
    return await work()
  } catch (error) {
    say(explain(error), 'bad')
    return undefined
  } finally {
    element.disabled = false
  }
}

export function stars(rating, ratings) {
  const full = Math.round(Number(rating))
  return h(
    'span',
    { class: 'stars', role: 'img', 'aria-label': ratings === 0 ? 'No reviews yet' : `${Number(rating).toFixed(1)} of 5 stars` },
    h('span', { class: 'lit', 'aria-hidden': 'true' }, '★'.repeat(full)),
    h('span', { 'aria-hidden': 'true' }, '★'.repeat(5 - full)),
  )
}
