import { problem } from 'offstage'
import { endpoint } from '../kit.ts'
import { verify } from '../payments/signature.ts'

/** What the provider says; anything else in a signed body is a mistake of theirs. */
interface Outcome {
  reference: string
  amount: string
  outcome: 'succeeded' | 'failed'
}

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
  async run({ request, db, env }) {
    const bytes = await request.bytes()
    if (!verify(bytes, request.headers.get('payment-signature'), env.PAYMENT_SECRET)) {
      throw problem('bad_signature', { detail: 'The signature is wrong, missing or too old.' })
    }
    const { reference, amount, outcome } = JSON.parse(Buffer.from(bytes).toString()) as Outcome
    return db.system.transaction(async (sys) => {
      const payment = await sys.payments.first({ where: { reference } })
      if (!payment) throw problem('unknown_payment', { detail: `There is no payment ${reference}.` })
      if (payment.amount !== amount) throw problem('wrong_amount', { detail: `The payment is about ${payment.amount}, not ${amount}.` })
      await sys.payments.updateMany({ id: payment.id, status: 'started' }, { status: outcome, finishedAt: new Date() })
      return { received: true }
    })
  },
})
