// States of claims, payouts and batches; accounts of a fund.
import type { Choice } from './listing'
import { said } from './wording'

/** How a claim began. */
export const ORIGINS: Choice[] = [
  { value: 'member', label: ['会员申请', 'The member applied'] },
  { value: 'counter', label: ['柜面受理', 'Taken in at the counter'] },
  { value: 'feed', label: ['医保结算数据', 'Settlement feed'] },
]

export const CLAIM_STATES: Choice[] = [
  { value: 'draft', label: ['草稿', 'Draft'] },
  { value: 'to_upload', label: ['待上传', 'To upload'] },
  { value: 'in_review', label: ['审核中', 'In review'] },
  { value: 'returned', label: ['已退回', 'Returned'] },
  { value: 'approved', label: ['已通过', 'Approved'] },
  { value: 'paid', label: ['已支付', 'Paid'] },
  { value: 'payment_failed', label: ['支付失败', 'Payment failed'] },
  { value: 'rejected', label: ['已拒绝', 'Rejected'] },
  { value: 'withdrawn', label: ['已撤回', 'Withdrawn'] },
]
export const stateOf = (status: string): string => { const found = CLAIM_STATES.find((one) => one.value === status); return found ? said(found.label) : status }
const TONES = { to_upload: 'warning', in_review: 'warning', payment_failed: 'danger', returned: 'danger', approved: 'primary', paid: 'success', rejected: 'danger' } as const
export const toneOf = (status: string) => TONES[status as keyof typeof TONES]

/** A card with its bank below it, for a list: the masked number is never broken. */
export const cardLines = (of: { card?: string | null; bank_name?: string | null }): string => [of.card?.replace(/ /g, '\u00a0') ?? '—', of.bank_name].filter(Boolean).join('\n')

export const PAYOUT_STATES: Choice[] = [
  { value: 'awaiting_card', label: ['待补银行卡', 'Needs a card'] },
  { value: 'waiting', label: ['待制单', 'Waiting'] },
  { value: 'batched', label: ['已制单', 'In a batch'] },
  { value: 'released', label: ['已放行', 'Released'] },
  { value: 'paid', label: ['已支付', 'Paid'] },
  { value: 'failed', label: ['支付失败', 'Failed'] },
  { value: 'withdrawn', label: ['已撤回，案件重新审核', 'Withdrawn, claim looked at again'] },
]

export const BATCH_STATES: Choice[] = [
  { value: 'prepared', label: ['已制单', 'Prepared'] },
  { value: 'released', label: ['已放行', 'Released'] },
  { value: 'settled', label: ['已回盘', 'Settled'] },
  { value: 'cancelled', label: ['已作废', 'Cancelled'] },
]

export const ACCOUNTS: Record<string, [zh: string, en: string]> = {
  bank: ['银行存款', 'Bank'], contributions: ['互助金收入', 'Contributions'], dues: ['会费', 'Dues'], refunds_payable: ['应退款', 'Refunds payable'],
  benefit_expense: ['给付支出', 'Benefits'], claims_payable: ['应付给付', 'Claims payable'], in_transit: ['在途资金', 'In transit'],
  grants: ['财政补助', 'Grants'], interest: ['利息收入', 'Interest'], bank_fees: ['银行手续费', 'Bank fees'], suspense: ['待核销款项', 'Suspense'], opening: ['期初余额', 'Opening balance'],
}
