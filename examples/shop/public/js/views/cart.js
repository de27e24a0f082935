// The cart, and the way from there to paying.
import { api, refresh, session } from '../api.js'
import { h, money, perform } from '../dom.js'
import { picture } from '../pictures.js'

export async function cart({ go, again }) {
  const lines = (session.cart?.lines ?? []).filter((line) => line.product)
  if (lines.length === 0)
    return h(
      'section',
      { class: 'wide empty' },
      h('h1', {}, 'Your cart is empty'),
      h('p', {}, 'A thousand things are waiting.'),
      h('a', { class: 'button', href: '/' }, 'To the shop'),
    )
  // For the eye only: the shop itself reckons the total at checkout, from its own prices.
  const cents = lines.reduce((sum, line) => sum + Math.round(Number(line.product.price) * 100) * line.quantity, 0)
  const after = async (work) => {
    await work()
    await refresh()
    await again()
  }
  return h(
    'div',
    { class: 'wide' },
    h('h1', {}, 'Your cart'),
    h(
      'div',
      { class: 'checkout' },
      h(
        'ul',
        { class: 'lines' },
        lines.map((line) => {
          const quantity = h('input', {
            type: 'number',
            min: 1,
            max: 99,
            value: line.quantity,
            'aria-label': `Quantity of ${line.product.name}`,
            onchange: () => perform(quantity, () => after(() => api.lines.update(line.id, { quantity: Number(quantity.value) || 1 }))),
          })
          const remove = h(
            'button',
            {
              class: 'link',
              onclick: () => perform(remove, () => after(() => api.lines.delete(line.id))),
              'aria-label': `Remove ${line.product.name}`,
            },
            'Remove',
          )
          return h(
            'li',
            {},
            picture(line.product),
            h(
              'div',
              {},
              h('a', { href: `/products/${line.product.id}` }, line.product.name),
              h('p', { class: 'note' }, money(line.product.price), ' each'),
              remove,
            ),
            quantity,
            h('b', {}, money((Math.round(Number(line.product.price) * 100) * line.quantity) / 100)),
          )
        }),
      ),
      order(go, cents),
    ),
  )
}

function order(go, cents) {
  const submit = h('button', { class: 'button' }, 'Order and pay')
  const form = h(
    'form',
    {
      class: 'panel',
      onsubmit: (event) => {
        event.preventDefault()
        const address = new FormData(form).get('address')
        void perform(submit, async () => {
          const placed = await api.call.checkout({ order: session.cart.id, address })
          await refresh()
          try {
            const { page } = await api.call.pay({ order: placed.id })
            location.assign(page)
          } catch (error) {
            go(`/orders/${placed.id}`)
            throw error
          }
        })
      },
    },
    h('h2', {}, 'Where shall it go?'),
    h(
      'label',
      {},
      'Address',
      h('textarea', {
        name: 'address',
        rows: 4,
        minlength: 8,
        maxlength: 300,
        required: true,
        autocomplete: 'street-address',
        placeholder: 'Name\nStreet and number\nPostcode and town',
      }),
    ),
    h(
      'dl',
      {},
      h('dt', {}, 'Shipping'),
      h('dd', {}, 'Free'),
      h('dt', { class: 'sum' }, 'Total'),
      h('dd', { class: 'sum' }, money(cents / 100)),
    ),
    submit,
    h('p', { class: 'note' }, 'You pay on the page of our (pretend) payment provider.'),
  )
  return form
}
