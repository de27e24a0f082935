// Stands in for a payment provider, so that the shop can be tried without an account anywhere. It does what a real one
// does: shows a page of its own, takes "money", calls the shop's webhook with a signature, and sends the customer back.
import { problem } from 'offstage'
import { endpoint, group, t } from '../kit.ts'
import { sign } from './signature.ts'

/** These three have forms that need no escaping in a page. */
const about = {
  reference: t.text({ match: /^pay_[\w-]{1,70}$/ }),
  amount: t.decimal(12, 2),
  order: t.text({ match: /^[\w-]{1,40}$/ }),
}

const page = (reference: string, amount: string, order: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Pretend Pay</title>
<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/pretend.css"></head>
<body><main>
  <p class="brand">Pretend Pay</p>
  <h1>€ ${amount}</h1>
  <p>to <b>Hearth &amp; Field</b></p>
  <p class="note">This page stands in for a payment provider. No card is asked for and no money moves.</p>
  <form method="post" action="/pretend-pay/decide?reference=${reference}&amp;amount=${amount}&amp;order=${order}">
    <button name="outcome" value="succeeded">Pay € ${amount}</button>
    <button name="outcome" value="failed" class="plain">Let it fail</button>
  </form>
  <p class="note">${reference}</p>
</main></body></html>`

const off = (): Error => problem('not_found', { status: 404, detail: 'Payments go to the real provider here.' })

export const pretendPay = group(
  { prefix: '/pretend-pay' },
  {
    pretendPage: endpoint({
      method: 'GET',
      path: '/pay',
      allow: 'everyone',
      query: about,
      run({ query, env }) {
        if (!env.PRETEND_PAYMENTS) throw off()
        return new Response(page(query.reference, query.amount, query.order), { headers: { 'content-type': 'text/html; charset=utf-8' } })
      },
    }),
    pretendDecision: endpoint({
      method: 'POST',
      path: '/decide',
      allow: 'everyone',
      query: about,
      body: 'raw',
      problems: { shop_refused: 409 },
      async run({ query: { reference, amount, order }, request, env }) {
        if (!env.PRETEND_PAYMENTS) throw off()
        const outcome = new URLSearchParams(await request.text()).get('outcome') === 'succeeded' ? 'succeeded' : 'failed'
        const body = Buffer.from(JSON.stringify({ reference, amount, outcome }))
        const answer = await fetch(new URL('/webhooks/payments', request.url), {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json', 'payment-signature': sign(body, env.PAYMENT_SECRET) },
        }).catch(() => undefined)
        if (!answer?.ok) throw problem('shop_refused', { detail: 'The shop did not take this payment.' })
        return new Response(null, { status: 303, headers: { location: `/orders/${order}` } })
      },
    }),
  },
)
