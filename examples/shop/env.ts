import { t } from 'offstage'

/** The shop's own variables. `.env` beside this file gives them in development; `start` refuses to run without them. */
export const env = {
  PAYMENT_SECRET: t.text({ min: 24 }), // shared with the payment provider, who signs with it
  PRETEND_PAYMENTS: t.boolean().default(false), // a page of ours stands in for the provider: never in production
}
