// 制单: what waits in each fund and what its money covers, told before a batch is made; all of it, what is covered, or what was ticked.
import { call, count, money } from '@huzhu/shared'
import type { ClaimsBatchSumOutput as Sum, ClaimsPayoutRead as Payout, ClaimsWaitingRead as Waiting } from '@huzhu/shared/api'

import { ask } from './asking'
import type { Choice } from './listing'
import { tell } from './telling'
import { said, say } from './wording'

export const PURPOSES: Choice[] = [{ value: 'claim', label: ['给付', 'Claims'] }, { value: 'refund', label: ['退费', 'Refunds'] }]
const purposeOf = (purpose: string) => { const found = PURPOSES.find((one) => one.value === purpose); return found ? said(found.label) : purpose }
const sumOf = (sum: Sum) => say(`${count(sum.payouts)} 笔 ${money(sum.total)} 元`, `${count(sum.payouts)} payouts, ${money(sum.total)} yuan`)
const short = (one: Waiting) => one.covered.payouts < one.batch.payouts

export interface Way { value: string; label: string; body: { fund: string; purpose: 'claim' | 'refund'; covered_only: boolean; shown: Sum } }

/** What can be made of what waits: first what can be released now. */
export function waysOf(waiting: readonly Waiting[]): Way[] {
  return waiting.flatMap((one) => {
    const named = `${one.title} ${purposeOf(one.purpose)}`
    const way = (covered_only: boolean, shown: Sum, words: string): Way => ({ value: `${one.fund}/${one.purpose}/${covered_only}`, label: `${named}${say('：', ': ')}${words}`, body: { fund: one.fund, purpose: one.purpose, covered_only, shown } })
    const every = one.batch.payouts < one.waiting.payouts ? say(`最早的 ${sumOf(one.batch)}（银行每批的上限）`, `the oldest ${sumOf(one.batch)} (the most that the bank takes)`) : say(`全部 ${sumOf(one.batch)}`, `all ${sumOf(one.batch)}`)
    if (!short(one)) return [way(false, one.batch, every)]
    const all = way(false, one.batch, say(`${every}，资金不足`, `${every}, more than the money`))
    return one.covered.payouts ? [way(true, one.covered, say(`资金以内 ${sumOf(one.covered)}（最早的先付）`, `what the money covers, ${sumOf(one.covered)} (the oldest first)`)), all] : [all]
  })
}

/** What the maker reads before making: the count, the sum, the money, and whether it is enough. */
export function figuresOf(waiting: readonly Waiting[]): string {
  return waiting.map((one) => {
    const less = [
      Number(one.prepared) ? say(`已制单未放行 ${money(one.prepared)} 元`, `${money(one.prepared)} in batches not released`) : '',
      Number(one.floor) ? say(`最低余额 ${money(one.floor)} 元`, `a floor of ${money(one.floor)}`) : '',
    ].filter(Boolean).join(say('、', ', '))
    const rest = less ? say(`（可用 ${money(one.available)} 元，已扣除${less}）`, ` (available ${money(one.available)}, less ${less})`) : ''
    const warned = short(one) ? say('。资金不足以支付全部：超出的批次放行时会被拒绝', '. The money does not cover all of it: a batch beyond it is refused at its release') : ''
    return say(`${one.title} ${purposeOf(one.purpose)}：待制单 ${sumOf(one.waiting)}，还可支付 ${money(one.left)} 元${rest}${warned}。`, `${one.title} ${purposeOf(one.purpose)}: ${sumOf(one.waiting)} wait, ${money(one.left)} yuan can be paid${rest}${warned}.`)
  }).join('\n')
}

/** Ask which batch to make; a sentence where nothing waits. */
export async function prepareBatch(finished: () => void): Promise<void> {
  const waiting = await call<Waiting[]>('/api/claims/payout-batches/waiting')
  const ways = waysOf(waiting)
  if (!ways.length) return tell(say('没有待制单的款项。', 'No payout is waiting for a batch.'))
  ask({
    title: ['新建支付批次', 'New batch'],
    text: `${figuresOf(waiting)}\n${say('制单后由另一人复核放行。只付其中几笔的，在“给付明细”按“待制单”查询，勾选后制单。', 'Somebody else releases it. To pay only some of them, tick them under Payouts, state “Waiting”.')}`,
    fields: [{ name: 'which', label: ['编入批次', 'In the batch'], type: 'select', options: ways, value: ways[0]?.value }],
    work: (once, values) => call('/api/claims/payout-batches', { method: 'POST', once, json: ways.find((way) => way.value === values.which)?.body }), done: ['已制单', 'Prepared'], finished,
  })
}

/** The sum of payouts in yuan; reckoned in cents. */
export const totalOf = (payouts: readonly Payout[]): string => (payouts.reduce((sum, one) => sum + Math.round(Number(one.amount) * 100), 0) / 100).toFixed(2)

/** Make a batch of those that were ticked: of one fund and one purpose. */
export async function prepareOf(payouts: readonly Payout[], finished: () => void): Promise<void> {
  const [first] = payouts
  if (!first) return
  if (payouts.some((one) => one.fund !== first.fund || one.purpose !== first.purpose)) return tell(say('勾选的款项属于不同的基金或类型，请分别制单。', 'They are of different funds or purposes: make a batch of each.'))
  const waiting = (await call<Waiting[]>('/api/claims/payout-batches/waiting')).find((one) => one.fund === first.fund && one.purpose === first.purpose)
  const total = totalOf(payouts)
  const chosen = { payouts: payouts.length, total }
  const much = waiting && Number(total) > Number(waiting.left)
  ask({
    title: ['新建支付批次', 'New batch'],
    text: [say(`已勾选 ${sumOf(chosen)}。`, `${sumOf(chosen)} ticked.`), waiting && figuresOf([waiting]), much && say('勾选的款项超过还可支付的资金，放行时会被拒绝。', 'They are more than can be paid: the release is refused.'), say('制单后由另一人复核放行。', 'Somebody else releases it.')].filter(Boolean).join('\n'),
    work: (once) => call('/api/claims/payout-batches', { method: 'POST', once, json: { fund: first.fund, purpose: first.purpose, payout_ids: payouts.map((one) => one.id), shown: chosen } }), done: ['已制单', 'Prepared'], finished,
  })
}
