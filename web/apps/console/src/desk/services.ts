// What the services of the platform are called on the desk.
import { type Pair, said } from './wording'

const SERVICES: Record<string, Pair> = { identity: ['身份与会员', 'Identity'], enrollment: ['参保', 'Enrolment'], claims: ['理赔', 'Claims'], notify: ['消息', 'Messages'], ocr: ['材料', 'Papers'], activities: ['活动', 'Activities'] }
export const serviceOf = (code: string): string => (SERVICES[code] ? said(SERVICES[code]) : code)
