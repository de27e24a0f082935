import { problem } from 'offstage'
import { endpoint } from '../kit.ts'
import { verify } from '../provider/signature.ts'

interface Event { reference: string; amount: string; outcome: 'succeeded' | 'failed' }

/**
 * The payment provider tells how a payment ended. It calls from outside and without a session, so the signature over the
 * raw bytes is what it is known by; it may call any number of times, and only the first call changes something.
 */
export const paymentWebhook = endpoint({
  method: 'POST',
  path: '/webhooks/payments',
  allow: 'everyone',
  body: 'raw',
  problems: { bad_signature: 400, unknown_payment: 404, wrong_amount: 409 },
  async run({ request, db }) {
    const bytes = Buffer.from(await request.arrayBuffer())
    if (!verify(bytes, request.headers.get('payment-signature'))) throw problem('bad_signature', { detail: 'The signature is wrong, missing or too old.' })
    const event = JSON.parse(bytes.toString()) as Event
    return db.system.transaction(async (sys) => {
      const payment = await sys.payments.first({ where: { reference: event.reference } })
      if (!payment) throw problem('unknown_payment', { detail: `There is no payment ${event.reference}.` })
      if (payment.amount !== event.amount) throw problem('wrong_amount', { detail: `The payment is about ${payment.amount}, not ${event.amount}.` })
      await sys.payments.updateMany({ id: payment.id, status: 'started' }, { status: event.outcome, finishedAt: new Date() })
      return { received: true }
    })
  },
})
