// Appeals and complaints: what they and their states are called, and how one is answered.
import { call } from '@huzhu/shared'
import type { ClaimsAppealRead } from '@huzhu/shared/api'

import { ask, textOf } from './asking'
import type { Choice } from './listing'

export const KINDS: Choice[] = [{ value: 'appeal', label: ['申诉', 'Appeal'] }, { value: 'complaint', label: ['投诉', 'Complaint'] }]
export const STATES: Choice[] = [
  { value: 'open', label: ['待答复', 'Open'] }, { value: 'granted', label: ['支持申诉', 'Granted'] }, { value: 'dismissed', label: ['维持原决定', 'Dismissed'] },
  { value: 'answered', label: ['已答复', 'Answered'] }, { value: 'withdrawn', label: ['已撤回', 'Withdrawn'] },
]
export const toneOfAppeal = (status: string) => ({ open: 'warning', granted: 'success', dismissed: 'danger', answered: 'success' } as const)[status as 'open']
export const DECISIONS = { granted: ['支持申诉', 'Grant the appeal'], dismissed: ['维持原决定', 'Dismiss the appeal'], answered: ['答复投诉', 'Answer the complaint'] } as const
type Decision = keyof typeof DECISIONS

/** What may be decided about one: an appeal is granted or dismissed, a complaint answered in words. */
export const decisionsOf = (one: ClaimsAppealRead): Decision[] => (one.kind === 'appeal' ? ['granted', 'dismissed'] : ['answered'])
/** What was said at its nodes and at last, a line each. */
export const saidOf = (one: ClaimsAppealRead): string[] => [...(one.earlier ?? []).map((said) => `${said.node_title}：${said.answer}`), ...(one.answer ? [one.answer] : [])]

export function answerAppeal(one: ClaimsAppealRead, decision: Decision, finished: () => void): void {
  ask({
    about: one.id, title: DECISIONS[decision], danger: decision === 'dismissed', text: [one.words, ...saidOf(one)].join('\n'),
    fields: [{ name: 'answer', label: ['给会员的答复', 'Answer to the member'], type: 'long' }],
    work: (once, values) => call(`/api/claims/appeals/${one.id}/answer`, { method: 'POST', once, json: { decision, answer: textOf(values.answer) } }),
    done: ['已答复', 'Answered'], finished,
  })
}
