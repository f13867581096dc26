// States of orders, as lists and pages show them.
import type { Choice } from './listing'
import { said } from './wording'

export const ORDER_STATES: Choice[] = [
  { value: 'draft', label: ['暂存', 'Draft'] },
  { value: 'returned', label: ['已退回', 'Returned'] },
  { value: 'submitted', label: ['待审核', 'Under review'] },
  { value: 'to_pay', label: ['待付款', 'To pay'] },
  { value: 'payment_review', label: ['付款复核中', 'Payment being checked'] },
  { value: 'payment_held', label: ['付款金额不符', 'Payment on hold'] },
  { value: 'paid', label: ['保单生成中', 'Policies being issued'] },
  { value: 'done', label: ['已完成', 'Done'] },
]

/** What a search finds that waits at one's own node: of interest to who reviews. */
export const TO_REVIEW: Choice = { value: 'to_review', label: ['待我审核', 'For me to review'] }

const TONES = { draft: 'info', submitted: 'warning', to_pay: 'primary', payment_review: 'warning', payment_held: 'danger', paid: 'success', done: 'success' } as const
export const toneOf = (status: string) => TONES[status as keyof typeof TONES]

const DECISIONS: Record<string, [zh: string, en: string]> = {
  submitted: ['提交申请', 'Submitted'], approved: ['审核通过', 'Approved'], passed: ['审核通过', 'Passed on'], returned: ['退回', 'Returned'], payment_reported: ['提交付款', 'Payment reported'],
  payment_held: ['付款金额不符', 'Payment held'], payment_refused: ['付款退回', 'Payment refused'], confirmed: ['确认到账', 'Payment confirmed'], people_returned: ['退回部分人员', 'People returned'], refused: ['付款退回', 'Refused'], paid: ['确认到账', 'Paid'], accepted: ['接收花名册', 'Roster accepted'], withdrawn: ['已撤回', 'Withdrawn'], agreed: ['同意', 'Agreed'], rejected: ['驳回', 'Rejected'],
}
/** What became of something at a node. */
const OUTCOMES: Record<string, [zh: string, en: string]> = { passed: ['同意', 'agreed'], returned: ['退回', 'returned'], rejected: ['驳回', 'rejected'] }
export const outcomeOf = (decision: string): string => { const found = OUTCOMES[decision]; return found ? said(found) : decisionOf(decision) }
/** What a step did, where the pack gives it no title. */
export const decisionOf = (decision: string): string => { const found = DECISIONS[decision]; return found ? said(found) : decision }
