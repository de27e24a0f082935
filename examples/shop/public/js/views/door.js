// Signing in and signing up, in a dialog over whatever page one is on.
import { enter } from '../api.js'
import { explain, h, say } from '../dom.js'

const door = document.querySelector('#door')

/** Resolves once somebody is signed in; rejects when the dialog is closed without that. */
export function openDoor(kind = 'in') {
  return new Promise((resolve, reject) => {
    let entered = false
    const fail = h('p', { class: 'fail', role: 'alert' })
    const submit = h('button', { class: 'button' }, kind === 'up' ? 'Create account' : 'Sign in')
    const field = (name, label, attributes) => h('label', {}, label, h('input', { name, required: true, ...attributes }))
    const form = h(
      'form',
      {
        method: 'dialog',
        onsubmit: async (event) => {
          event.preventDefault()
          submit.disabled = true
          fail.textContent = ''
          try {
            await enter(kind, Object.fromEntries(new FormData(form)))
            entered = true
            door.close()
            say(kind === 'up' ? 'Welcome to Hearth & Field.' : 'Welcome back.')
          } catch (error) {
            fail.textContent = explain(error)
          } finally {
            submit.disabled = false
          }
        },
      },
      kind === 'up' && field('name', 'Name', { autocomplete: 'name', maxlength: 80 }),
      field('email', 'Email', { type: 'email', autocomplete: 'username' }),
      field('password', 'Password', { type: 'password', minlength: 8, autocomplete: kind === 'up' ? 'new-password' : 'current-password' }),
      kind === 'up' && h('p', { class: 'note' }, 'At least eight characters, and nothing that others would guess.'),
      fail,
      submit,
    )
    const other = kind === 'up' ? 'in' : 'up'
    const change = h(
      'button',
      {
        class: 'link',
        onclick: () => {
          door.removeEventListener('close', closed)
          openDoor(other).then(resolve, reject)
        },
      },
      kind === 'up' ? 'I have an account' : 'I am new here',
    )
    const close = h('button', { class: 'close', 'aria-label': 'Close', onclick: () => door.close() }, '×')
    door.replaceChildren(close, h('h2', { id: 'door-title' }, kind === 'up' ? 'Create an account' : 'Sign in'), form, change)
    const closed = () => {
      if (entered) resolve()
      else reject(new Error('closed'))
    }
    door.addEventListener('close', closed, { once: true })
    if (!door.open) door.showModal()
  })
}
