// A stand-in for a payment provider, so that the shop can be tried without an account anywhere. It does what a real one
// does: shows a page of its own, takes "money", calls the shop's webhook with a signature, and sends the customer back.
import { sign } from './signature.ts'

const page = (reference: string, amount: string, order: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Pretend Pay</title>
<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/provider.css"></head>
<body><main>
  <p class="brand">Pretend Pay</p>
  <h1>€ ${amount}</h1>
  <p>to <b>Hearth &amp; Field</b></p>
  <p class="note">This page stands in for a payment provider. No card is asked for and no money moves.</p>
  <form method="post" action="/provider/pay">
    <input type="hidden" name="reference" value="${reference}"><input type="hidden" name="amount" value="${amount}"><input type="hidden" name="order" value="${order}">
    <button name="outcome" value="succeeded">Pay € ${amount}</button>
    <button name="outcome" value="failed" class="plain">Let it fail</button>
  </form>
  <p class="note">${reference}</p>
</main></body></html>`

const parts = { reference: /^pay_[\w-]{1,70}$/, amount: /^\d{1,10}\.\d\d$/, order: /^[\w-]{1,40}$/ } as const

/** Only what has the exact form of a reference, an amount and an order goes on: all three end up in the page. */
function read(given: URLSearchParams): { reference: string; amount: string; order: string } | undefined {
  const [reference = '', amount = '', order = ''] = [given.get('reference') ?? '', given.get('amount') ?? '', given.get('order') ?? '']
  return parts.reference.test(reference) && parts.amount.test(amount) && parts.order.test(order) ? { reference, amount, order } : undefined
}

export function pretendProvider(secret: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url)
    if (request.method === 'GET') {
      const about = read(url.searchParams)
      if (!about) return new Response('This payment link is not complete.', { status: 400 })
      return new Response(page(about.reference, about.amount, about.order), { headers: { 'content-type': 'text/html; charset=utf-8' } })
    }
    if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'GET, POST' } })
    const form = new URLSearchParams(await request.text())
    const about = read(form)
    if (!about) return new Response('This payment is not complete.', { status: 400 })
    const outcome = form.get('outcome') === 'succeeded' ? 'succeeded' : 'failed'
    const body = Buffer.from(JSON.stringify({ reference: about.reference, amount: about.amount, outcome }))
    const answer = await fetch(new URL('/webhooks/payments', url), {
      method: 'POST', body, headers: { 'content-type': 'application/json', 'payment-signature': sign(body, secret) },
    })
    if (!answer.ok) return new Response('The shop did not take the payment.', { status: 502 })
    return new Response(null, { status: 303, headers: { location: `/orders/${about.order}` } })
  }
}
