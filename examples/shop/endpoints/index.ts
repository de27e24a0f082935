export { checkout } from './checkout.ts'
export { moveOrder } from './moveOrder.ts'
export { pay } from './pay.ts'
export { paymentWebhook } from './paymentWebhook.ts'
