// What waits for whoever is signed in, counted where the services count it; asked only of whoever may know it.
import { call, money, type Page, session } from '@huzhu/shared'
import type { ClaimsAppealRead, ClaimsBatchRead, ClaimsProposalRead, ClaimsQueueBacklog, ClaimsWaitingRead, EnrollmentFoundSummary, EnrollmentTerminationSummary, IdentityPackStatusRead, NotifyProposalRead } from '@huzhu/shared/api'

import { menu } from './menu'
import type { Pair } from './wording'

export interface Waiting { to: string; title: Pair; count: number; urgent?: boolean; more?: boolean }

const ordersIn = async (status: string): Promise<number> => (await call<EnrollmentFoundSummary>('/api/enrollment/orders/found/summary', { method: 'POST', json: { status } })).orders
const orders = (status: string, to: string, title: Pair) => async (): Promise<Waiting[]> => [{ to, title, count: await ordersIn(status) }]
/** An order that came back is a draft again, but waits for something else. */
async function drafts(): Promise<Waiting[]> {
  const [all, returned] = await Promise.all([ordersIn('draft'), ordersIn('returned')])
  return [
    { to: 'orders?status=returned', title: ['被退回的参保申请', 'Orders that came back'], count: returned, urgent: true },
    { to: 'orders?status=draft', title: ['暂存的参保申请', 'Draft orders'], count: all - returned },
  ]
}
/** Counted on the first page of a list: what waits is seldom more than that. */
const listed = <T>(path: string, to: string, title: Pair, counts: (one: T) => boolean = () => true, urgent = false) => async (): Promise<Waiting[]> => {
  const page = await call<Page<T>>(`${path}${path.includes('?') ? '&' : '?'}limit=100`)
  return [{ to, title, count: page.items.filter(counts).length, more: Boolean(page.next_cursor), urgent }]
}
/** What waits for a batch, with its sum: so that nobody is paid late because nobody looked. */
async function toBatch(): Promise<Waiting[]> {
  const waiting = await call<ClaimsWaitingRead[]>('/api/claims/payout-batches/waiting')
  return waiting.map((one) => ({
    to: 'batches', count: one.waiting.payouts,
    title: one.purpose === 'refund' ? [`待制单的退费（${one.title}，${money(one.waiting.total)} 元）`, `Refunds to put in a batch (${one.title}, ${money(one.waiting.total)} yuan)`] : [`待制单的给付（${one.title}，${money(one.waiting.total)} 元）`, `Payouts to put in a batch (${one.title}, ${money(one.waiting.total)} yuan)`],
  }))
}
const confirmed = (batch: ClaimsBatchRead) => batch.origin === 'person' || Boolean(batch.confirmed_at)
/** A version of the pack that another administrator has proposed. */
async function packs(): Promise<Waiting[]> {
  const status = await call<IdentityPackStatusRead>(`/api/identity/tenants/${session.state.tenant}/pack/status`)
  return [{ to: 'pack', title: ['待同意的工会配置', 'Packs to agree to'], count: status.status === 'proposed' && !status.mine ? 1 : 0 }]
}
/** What waits on the lists that the menu of this person offers. */
function lists(): (() => Promise<Waiting[]>)[] {
  const offered = new Set(menu().flatMap((group) => group.entries.map((entry) => entry.to)))
  const may = session.may
  const all: [boolean, string, () => Promise<Waiting[]>][] = [
    [may('enrollment.order.review'), 'applications', listed('/api/enrollment/applications?status=submitted', 'applications?status=submitted', ['待审核的个人参保', 'Applications to decide'])],
    [may('enrollment.order.review'), 'consents', listed('/api/enrollment/consents?state=asked', 'consents?state=asked', ['待审批的超龄参保', 'Consents to give'])],
    [may('enrollment.order.review'), 'terminations', listed<EnrollmentTerminationSummary>('/api/enrollment/terminations?mine=true', 'terminations?mine=true', ['待审批的提前终止', 'Terminations to decide'], (one) => one.may_decide)],
    [may('enrollment.order.write'), 'terminations', listed<EnrollmentTerminationSummary>('/api/enrollment/terminations?status=draft', 'terminations?status=draft', ['被退回的提前终止', 'Terminations given back'], (one) => one.answer !== null, true)],
    [may('claims.claim.counter'), 'counter', listed('/api/claims/counter/claims', 'counter', ['柜面未提交的受理', 'Taken in, not handed in'])],
    [CLAIMS.some(may), 'appeals', listed<ClaimsAppealRead>('/api/claims/appeals?status=open', 'appeals?status=open', ['待答复的申诉和投诉', 'Appeals to answer'], (one) => one.may_answer === true)],
    [may('identity.staff.manage'), 'appeals', listed<ClaimsAppealRead>('/api/claims/appeals?status=open', 'appeals?status=open', ['没有人可以答复的申诉和投诉', 'Appeals that nobody may answer'], (one) => Boolean(one.nobody), true)],
    [may('claims.claim.sample'), 'samples', listed('/api/claims/samples?status=open', 'samples?status=open', ['待抽检的自动审核', 'Samples to look at'])],
    [may('claims.payout.prepare'), 'batches', listed<ClaimsBatchRead>('/api/claims/payout-batches?status=prepared', 'batches?status=prepared', ['待确认的支付批次', 'Batches to confirm'], (batch) => !confirmed(batch))],
    [may('claims.payout.release'), 'batches', listed<ClaimsBatchRead>('/api/claims/payout-batches?status=prepared', 'batches?status=prepared', ['待放行的支付批次', 'Batches to release'], confirmed)],
    [may('claims.payout.prepare'), 'batches', toBatch],
    [may('claims.payout.prepare'), 'payouts', listed('/api/claims/payouts?status=awaiting_card', 'payouts?status=awaiting_card', ['缺收款卡的给付和退费', 'Payouts that lack a card'])],
    [may('claims.payout.prepare'), 'payouts', listed('/api/claims/payouts?status=failed', 'payouts?status=failed', ['支付失败的给付', 'Payouts that failed'], () => true, true)],
    [may('claims.ledger.approve') || may('claims.payout.release'), 'proposals', listed<ClaimsProposalRead>('/api/claims/proposals?state=proposed', 'proposals?state=proposed', ['待复核的资金事项', 'Proposals to decide'], (one) => one.may_decide)],
    [may('identity.tenant.manage'), 'pack', packs],
    [may('identity.unit.register_review'), 'units', listed('/api/identity/units?status=under_review', 'units?status=under_review', ['待审核的单位', 'Units to review'])],
    [may('identity.privacy.manage'), 'data-requests', listed('/api/identity/data-requests?state=open', 'data-requests?state=open', ['待审批的个人信息请求', 'Data requests to decide'])],
    [may('identity.binding.confirm'), 'bindings', listed('/api/identity/bindings/waiting', 'bindings', ['待核实的绑定', 'Bindings to confirm'])],
    [may('notify.bulk.approve'), 'bulk-messages', listed<NotifyProposalRead>('/api/notify/proposals?state=proposed&command=bulk_message.send', 'bulk-messages', ['待复核的群发消息', 'Bulk messages to decide'], (one) => one.may_decide)],
  ]
  return all.filter(([permitted, to]) => permitted && offered.has(to)).map(([, , ask]) => ask)
}
const CLAIMS = ['claims.claim.check', 'claims.claim.review', 'claims.claim.report_review', 'claims.claim.approve']
async function claims(): Promise<Waiting[]> {
  const mine = mineOf(await call<ClaimsQueueBacklog>('/api/claims/backlog'))
  return [{ to: 'queue', title: ['待审核的理赔', 'Claims to decide'], count: mine.waiting }, { to: 'queue', title: ['其中已超期', 'of them overdue'], count: mine.overdue, urgent: true }]
}

/** What waits at the nodes at which one decides oneself: what waits at others' is in no list of one's own. */
export function mineOf(backlog: ClaimsQueueBacklog): { waiting: number; overdue: number; nodes: ClaimsQueueBacklog['nodes'] } {
  const nodes = backlog.nodes.filter((node) => node.mine)
  const sum = (of: 'waiting' | 'overdue') => nodes.reduce((all, node) => all + node[of], 0)
  return { waiting: sum('waiting'), overdue: sum('overdue'), nodes }
}

/** Everything that waits; what cannot be asked now is left out. */
export async function whatWaits(): Promise<Waiting[]> {
  const handler = session.account.value?.kind === 'handler'
  const asked: (() => Promise<Waiting[]>)[] = []
  if (handler && session.may('enrollment.order.write')) asked.push(drafts)
  if (handler && session.may('enrollment.payment.report')) asked.push(orders('to_pay', 'orders?status=to_pay', ['待付款的参保申请', 'Orders to pay']))
  if (session.may('enrollment.order.review')) asked.push(orders('to_review', 'orders?status=to_review', ['待审核的参保申请', 'Orders to review']))
  if (session.may('enrollment.payment.confirm')) asked.push(orders('payment_review', 'payments', ['待复核的付款', 'Payments to check']), orders('payment_held', 'payments?status=payment_held', ['付款金额不符', 'Payments on hold']))
  if (!handler && CLAIMS.some(session.may)) asked.push(claims)
  asked.push(...lists())
  const found = await Promise.all(asked.map((one) => one().catch((): Waiting[] => [])))
  return found.flat().filter((one) => one.count > 0)
}
