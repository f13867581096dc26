// What waits for whoever is signed in, counted where the services count it; asked only of whoever may know it.
import { call, session } from '@huzhu/shared'
import type { ClaimsQueueBacklog, EnrollmentFoundSummary } from '@huzhu/shared/api'

import type { Pair } from './wording'

export interface Waiting { to: string; title: Pair; count: number; urgent?: boolean }

const orders = (status: string, to: string, title: Pair) => async (): Promise<Waiting[]> => {
  const found = await call<EnrollmentFoundSummary>('/api/enrollment/orders/found/summary', { method: 'POST', json: { status } })
  return [{ to, title, count: found.orders }]
}
const CLAIMS = ['claims.claim.check', 'claims.claim.review', 'claims.claim.report_review', 'claims.claim.approve']
async function claims(): Promise<Waiting[]> {
  const { waiting, overdue } = await call<ClaimsQueueBacklog>('/api/claims/backlog')
  return [{ to: 'queue', title: ['待审核的理赔', 'Claims to decide'], count: waiting }, { to: 'queue', title: ['其中已超期', 'of them overdue'], count: overdue, urgent: true }]
}

/** Everything that waits; what cannot be asked now is left out. */
export async function whatWaits(): Promise<Waiting[]> {
  const handler = session.account.value?.kind === 'handler'
  const asked: (() => Promise<Waiting[]>)[] = []
  if (handler && session.may('enrollment.order.write')) asked.push(orders('draft', 'orders?status=draft', ['暂存的参保申请', 'Draft orders']))
  if (handler && session.may('enrollment.payment.report')) asked.push(orders('to_pay', 'orders?status=to_pay', ['待付款的参保申请', 'Orders to pay']))
  if (session.may('enrollment.order.review')) asked.push(orders('submitted', 'orders?status=submitted', ['待审核的参保申请', 'Orders to review']))
  if (session.may('enrollment.payment.confirm')) asked.push(orders('payment_review', 'payments', ['待复核的付款', 'Payments to check']), orders('payment_held', 'payments?status=payment_held', ['付款金额不符', 'Payments on hold']))
  if (!handler && CLAIMS.some(session.may)) asked.push(claims)
  const found = await Promise.all(asked.map((one) => one().catch((): Waiting[] => [])))
  return found.flat().filter((one) => one.count > 0)
}
