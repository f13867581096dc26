// Bulk messages: whom they reach and how far they are, in words.
import { call, listed, money } from '@huzhu/shared'
import type { NotifyAudienceRule, NotifyBulkContent, NotifyEstimate } from '@huzhu/shared/api'

import type { Choice } from './listing'
import { products, titleOf } from './products'
import { say } from './wording'

export const STATES: Choice[] = [{ value: 'sending', label: ['发送中', 'Sending'] }, { value: 'sent', label: ['已全部生成', 'All made'] }, { value: 'stopped', label: ['已停止', 'Stopped'] }, { value: 'failed', label: ['中断', 'Broken off'] }]
export const bulkTone = (state: string) => ({ sending: 'primary', sent: 'success', stopped: 'danger', failed: 'danger' } as const)[state as 'sent']
export const CHANNELS: Choice[] = [{ value: 'inapp', label: ['站内消息', 'In the app'] }, { value: 'sms', label: ['短信', 'SMS'] }]

/** Whom a rule reaches, in one line. */
export function audienceOf(rule: NotifyAudienceRule, branches: readonly { path: string; name: string }[]): string {
  const said = [rule.kind === 'member' ? say('会员', 'Members') : say('单位经办人', 'Handlers of units')]
  if (rule.branch) said.push(branches.find((one) => one.path === rule.branch)?.name ?? rule.branch)
  if (rule.units?.length) said.push(say(`${rule.units.length} 家单位`, `${rule.units.length} units`))
  if (rule.covered_by?.length) said.push(say('在保：', 'covered by ') + listed(rule.covered_by.map((code) => { const found = products.value.find((one) => one.code === code); return found ? titleOf(found) : code })))
  return said.join(' · ')
}

export const estimateOf = (content: NotifyBulkContent) => call<NotifyEstimate>('/api/notify/bulk-messages/estimate', { method: 'POST', json: content })

/** Whom it reaches and what it costs, for the dialog of the second person. */
export const estimated = (of: NotifyEstimate) => say(
  `预计接收 ${of.recipients} 人，其中短信 ${of.by_sms} 人（每条按 ${of.sms_parts} 条计费），短信费用约 ${money(of.cost)} 元。`,
  `About ${of.recipients} recipients, ${of.by_sms} of them by SMS (${of.sms_parts} parts each), ${money(of.cost)} yuan.`,
)
