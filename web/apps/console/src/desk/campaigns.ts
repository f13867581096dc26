// States of campaigns, rewards and scans, as the desk shows them.
import type { Choice } from './listing'

export const CAMPAIGN_STATES: Choice[] = [{ value: 'draft', label: ['草稿', 'Draft'] }, { value: 'published', label: ['已发布', 'Published'] }, { value: 'paused', label: ['已暂停', 'Paused'] }, { value: 'ended', label: ['已结束', 'Ended'] }]
export const campaignTone = (state: string) => ({ draft: 'info', published: 'success', paused: 'warning', ended: 'danger' } as const)[state as 'draft']
export const GIVES: Choice[] = [{ value: 'code', label: ['电子码', 'Codes'] }, { value: 'goods', label: ['现场领取', 'Goods to collect'] }, { value: 'nothing', label: ['无奖励', 'Nothing'] }]
export const REWARD_STATES: Choice[] = [{ value: 'issued', label: ['待领取', 'Issued'] }, { value: 'collected', label: ['已领取', 'Collected'] }, { value: 'cancelled', label: ['已取消', 'Cancelled'] }, { value: 'revoked', label: ['已收回', 'Revoked'] }]
export const OUTCOMES: Choice[] = [
  { value: 'collected', label: ['核销成功', 'Collected'] }, { value: 'repeated', label: ['同一次扫码', 'The same scan'] }, { value: 'double', label: ['已领取过', 'Collected before'] }, { value: 'expired', label: ['已过期', 'Expired'] }, { value: 'too_early', label: ['未到时间', 'Too early'] },
  { value: 'given_back', label: ['已取消', 'Given back'] }, { value: 'forged', label: ['无效的码', 'Forged'] }, { value: 'unknown', label: ['不认识的码', 'Unknown'] }, { value: 'reused', label: ['码已用过', 'Reused'] }, { value: 'too_late', label: ['上传过晚', 'Too late'] },
]
export const outcomeTone = (outcome: string) => (outcome === 'collected' || outcome === 'repeated' ? 'success' : 'danger')
