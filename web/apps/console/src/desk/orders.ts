// States of orders, as lists and pages show them.
import type { Choice } from './listing'

export const ORDER_STATES: Choice[] = [
  { value: 'draft', label: ['暂存', 'Draft'] },
  { value: 'submitted', label: ['待审核', 'Submitted'] },
  { value: 'to_pay', label: ['待付款', 'To pay'] },
  { value: 'payment_review', label: ['付款待复核', 'Payment reported'] },
  { value: 'payment_held', label: ['付款不符', 'Payment held'] },
  { value: 'paid', label: ['已付款', 'Paid'] },
  { value: 'done', label: ['已完成', 'Done'] },
]

const TONES = { draft: 'info', submitted: 'warning', to_pay: 'primary', payment_review: 'warning', payment_held: 'danger', paid: 'success', done: 'success' } as const
export const toneOf = (status: string) => TONES[status as keyof typeof TONES]
