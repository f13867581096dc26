// To whom and on which channel a template speaks.
import type { Choice } from './listing'

export const AUDIENCES: Choice[] = [{ value: 'member', label: ['会员', 'Member'] }, { value: 'handler', label: ['经办人', 'Handler'] }, { value: 'staff', label: ['工作人员', 'Staff'] }, { value: 'applicant', label: ['申请人', 'Applicant'] }]
export const CHANNELS: Choice[] = [{ value: 'sms', label: ['短信', 'SMS'] }, { value: 'inapp', label: ['站内消息', 'In the app'] }, { value: 'wechat', label: ['微信', 'WeChat'] }]
