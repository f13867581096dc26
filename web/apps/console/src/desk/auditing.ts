// The audit logs of all services as one, newest first, and who and what they speak of.
import { call } from '@huzhu/shared'
import type { IdentityAuditEntryRead, IdentityAuditPage, IdentityCodesRead, IdentityNamesRead, IdentityPersonNamed } from '@huzhu/shared/api'

import { say } from './wording'

export const LOGS = ['identity', 'enrollment', 'claims', 'ocr', 'notify', 'activities'] as const
export type AuditRow = IdentityAuditEntryRead & { service: string }
export type People = ReadonlyMap<string, IdentityPersonNamed>
/** How far each log was read: the number before which it goes on; null where it is read to its beginning. */
type Places = Record<string, number | null>

/** The newest of several logs. Of each log its own order stays, by number: an entry is timed when it is made and numbered when its
 * transaction ends, so that times alone would pass some over at the end of a page. */
function merged(logs: readonly (readonly AuditRow[])[], limit: number): AuditRow[] {
  const heads = logs.map(() => 0)
  const items: AuditRow[] = []
  while (items.length < limit) {
    let next: number | undefined
    for (const [log, rows] of logs.entries()) {
      const head = rows[heads[log]!]
      const best = next === undefined ? undefined : logs[next]![heads[next]!]
      if (head && (!best || Date.parse(head.at) > Date.parse(best.at))) next = log
    }
    if (next === undefined) break
    items.push(logs[next]![heads[next]!]!)
    heads[next]! += 1
  }
  return items
}

/** A page of several logs, merged by time; its cursor says where each goes on. */
export async function auditPage(services: readonly string[], asked: URLSearchParams, cursor: string | undefined, limit: number): Promise<{ items: AuditRow[]; next_cursor: string | null }> {
  const places: Places = cursor ? (JSON.parse(cursor) as Places) : {}
  const read = await Promise.all(services.filter((service) => places[service] !== null).map(async (service) => {
    const query = new URLSearchParams(asked)
    query.set('limit', String(limit))
    if (places[service]) query.set('before', String(places[service]))
    return { service, page: await call<IdentityAuditPage>(`/api/${service}/audit?${query}`) }
  }))
  const items = merged(read.map(({ service, page }) => page.items.map((entry): AuditRow => ({ ...entry, service }))), limit)
  const next: Places = { ...places }
  for (const { service, page } of read) {
    const shown = items.filter((one) => one.service === service)
    const last = shown.at(-1)
    if (shown.length === page.items.length && page.next_before === null) next[service] = null
    else if (last) next[service] = last.seq
  }
  const over = services.every((service) => next[service] === null)
  return { items, next_cursor: over ? null : JSON.stringify(next) }
}

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i
const PERSONAL = ['account', 'handler_id', 'by']
/** The accounts and persons of which entries speak. */
export function idsIn(rows: readonly AuditRow[]): string[] {
  const found = rows.flatMap((row) => [row.actor_id, /^(account|person):/.test(row.subject) ? row.subject : '', ...PERSONAL.map((key) => String(row.detail[key] ?? ''))])
  return [...new Set(found.flatMap((text) => ID.exec(text)?.[0] ?? []))]
}
const AT_ONCE = 60
/** Who they are; nobody is told where it cannot be asked. */
export async function whoAre(ids: readonly string[]): Promise<IdentityPersonNamed[]> {
  const parts = Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, part) => ids.slice(part * AT_ONCE, (part + 1) * AT_ONCE))
  const read = await Promise.all(parts.map((part) => call<IdentityNamesRead>(`/api/identity/audit/people?${new URLSearchParams(part.map((id) => ['id', id]))}`)))
  return read.flatMap((one) => one.items)
}
export const readCodes = () => call<IdentityCodesRead>('/api/identity/audit/codes')

/** A person as the log shows them: staff by name and user name, a handler with the unit, a member with the number. */
export function personWords(one: IdentityPersonNamed): string {
  if (one.kind === 'staff') return `${one.name || '—'}（${one.user_name ?? ''}）`
  if (one.kind === 'handler') return `${say('经办人', 'Handler')} ${one.name || one.user_name || ''}${one.unit ? `（${one.unit}）` : ''}`
  return [say('会员', 'Member'), one.name, one.number].filter(Boolean).join(' ')
}
/** The system as an account: it has none, and older entries name this one. */
const NOBODY = '00000000-0000-0000-0000-000000000000'
/** Whoever did something: the system, somebody of the union, or the platform's operators, who have no account in it; `away`: names could not be asked. */
export function actorOf(actor: string, people: People, away = false): string {
  if (actor === 'system' || actor === NOBODY) return say('系统', 'System')
  if (actor === 'retention') return say('系统（保存期满）', 'System (no longer kept)')
  if (/^(erasure|export):/.test(actor)) return say('系统（办理个人信息请求）', 'System (a data request)')
  const id = ID.exec(actor)?.[0]
  const known = id === undefined ? undefined : people.get(id)
  if (known) return personWords(known)
  if (id === undefined) return actor
  return away ? say('姓名暂时查不到', 'Name not available now') : say('平台运维', 'Operators of the platform')
}

/** What one looks for in a log, in the words of a desk. */
export const DEEDS: Record<string, { title: readonly [string, string]; verbs: readonly string[] }> = {
  looked: { title: ['查看个人信息或材料', 'Looked at personal data or papers'], verbs: ['revealed', 'opened', 'opened_by_link', 'read', 'looked_up', 'searched', 'documents_opened'] },
  taken: { title: ['导出、下载、打印', 'Exported, downloaded, printed'], verbs: ['exported', 'downloaded', 'result_downloaded', 'printed', 'export_asked'] },
  decided: { title: ['审核、复核', 'Decided'], verbs: ['agreed', 'approved', 'passed', 'rejected', 'returned', 'refused', 'confirmed', 'granted', 'dismissed', 'consented', 'agree', 'return', 'reject', 'answered', 'wrong', 'over_age_decided', 'released'] },
  asked: { title: ['提出、提交、上报', 'Proposed, handed in'], verbs: ['proposed', 'submitted', 'requested', 'asked', 'reported', 'handed_in', 'withdrawn'] },
  made: { title: ['新建、修改', 'Made or changed'], verbs: ['created', 'added', 'entered', 'drafted', 'edited', 'amended', 'changed', 'renamed', 'moved', 'revised', 'set', 'uploaded', 'imported', 'linked', 'card_changed', 'mobile', 'mobile_changed', 'published', 'installed'] },
  gone: { title: ['删除、停用、结束', 'Deleted, closed, ended'], verbs: ['deleted', 'removed', 'erased', 'forgotten', 'documents_erased', 'closed', 'ended', 'stopped', 'revoked', 'cancelled', 'left', 'unbound'] },
  money: { title: ['资金', 'Money'], verbs: ['prepared', 'released', 'paid', 'retried', 'refund', 'result_imported', 'matched', 'card_taken', 'account_named', 'refused_by_bank'] },
  keys: { title: ['登录与口令', 'Sign-in and passwords'], verbs: ['invited', 'invitation_accepted', 'password_set', 'password_changed', 'password_reset', 'recover', 'session_ended', 'sessions_ended', 'second_factor_on', 'second_factor_off', 'second_factor_reset'] },
}
