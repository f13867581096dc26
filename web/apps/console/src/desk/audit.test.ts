import { beforeEach, expect, it, vi } from 'vitest'

import { preferences } from '@huzhu/shared'

import { actionOf, detailOf, type Spoken, subjectOf } from './audit'
import { actorOf, type AuditRow, auditPage, idsIn, personWords } from './auditing'

const FANG = '0190aaaa-0000-7000-8000-000000000001'
const codes = { roles: { admin: '系统管理员', payout_checker: '支付复核' }, nodes: { 'first-check': '初审' }, products: {}, branches: { '/': '无锡市总工会', '/binhu/': '滨湖区总工会' } }
const spoken: Spoken = { who: (id) => (id === FANG ? '方晓（fangx）' : undefined), codes }

beforeEach(() => { preferences.language = 'zh' })

it('says what a row is about, whose account, and codes by their names', () => {
  expect(subjectOf(`account:${FANG}`, 'fangx', spoken).title).toBe('账号 方晓（fangx）')
  expect(subjectOf(`claim:${FANG.replace('1', '2')}`, 'SQ20260001', spoken)).toMatchObject({ title: '理赔案件 SQ20260001' })
  expect(subjectOf('branch:binhu', null, spoken).title).toBe('机构 滨湖区总工会')
  expect(detailOf({ roles: ['admin', 'payout_checker'], path: '/binhu/', fields: ['mobile'] }, spoken)).toBe('角色 系统管理员、支付复核；机构 滨湖区总工会；字段 手机号码')
  expect(detailOf({ node: 'first-check', handler_id: FANG }, spoken)).toBe('环节 初审；交给 方晓（fangx）')
  expect(detailOf({ command: 'bulk_message.send' })).toBe('事项 群发消息')
  expect(detailOf({ command: 'fund.account', about: 'fund:three-in-one' })).toBe('事项 基金账户；对象 基金 three-in-one')
  expect(detailOf({ command: 'payout.reverse', about: `payout:${FANG}` })).toBe('事项 撤销支付；对象 给付')
  expect(detailOf({ paid: 0, failed: 1, reversed: 0 })).toBe('成功 0；失败 1；冲回 0')
})

it('never calls a proposal put in force', () => {
  expect(actionOf('pack.proposed')).toBe('工会配置 · 提出')
  expect(actionOf('pack.applied', { status: 'proposed' })).toBe('工会配置 · 提出')
  expect(actionOf('pack.consented')).toBe('工会配置 · 复核同意并生效')
})

it('tells staff, handlers, members, the system and the operators apart', () => {
  const people = new Map([[FANG, { id: FANG, kind: 'handler' as const, name: '王*', user_name: null, unit: '长江轴承厂工会', number: null }]])
  expect(actorOf(FANG, people)).toBe('经办人 王*（长江轴承厂工会）')
  expect(actorOf(`person:${FANG}`, new Map([[FANG, { ...people.get(FANG)!, kind: 'member' as const, unit: null, number: 'M1' }]]))).toBe('会员 王* M1')
  expect(actorOf(FANG.replace('1', '3'), people)).toBe('平台运维')
  expect(actorOf(FANG.replace('1', '3'), people, true)).toBe('姓名暂时查不到')
  expect(actorOf('00000000-0000-0000-0000-000000000000', people)).toBe('系统')
  expect(actorOf('retention', people)).toBe('系统（保存期满）')
  expect(personWords({ id: FANG, kind: 'staff', name: '方晓', user_name: 'fangx', unit: null, number: null })).toBe('方晓（fangx）')
})

it('reads several logs as one, newest first, and goes on where each was left', async () => {
  const entry = (seq: number, minute: number) => ({ seq, at: `2026-11-29T00:${String(minute).padStart(2, '0')}:00Z`, actor_id: FANG, action: 'a.b', subject: 'x', about: null, detail: {}, hash: '' })
  const logs: Record<string, ReturnType<typeof entry>[]> = { identity: [entry(3, 50), entry(2, 20), entry(1, 10)], claims: [entry(2, 40), entry(1, 30)] }
  vi.stubGlobal('fetch', async (request: Request | string) => {
    const url = new URL(typeof request === 'string' ? request : request.url, 'http://desk')
    const before = Number(url.searchParams.get('before') ?? 99)
    const limit = Number(url.searchParams.get('limit'))
    const left = logs[url.pathname.split('/')[2]!]!.filter((one) => one.seq < before)
    const items = left.slice(0, limit)
    return new Response(JSON.stringify({ items, next_before: left.length > limit ? items.at(-1)!.seq : null }), { headers: { 'content-type': 'application/json' } })
  })
  const seen: string[] = []
  let cursor: string | undefined
  for (let turn = 0; turn < 5; turn += 1) {
    const page = await auditPage(['identity', 'claims'], new URLSearchParams(), cursor, 2)
    seen.push(...page.items.map((one: AuditRow) => `${one.service} ${one.seq}`))
    if (!page.next_cursor) break
    cursor = page.next_cursor
  }
  expect(seen).toEqual(['identity 3', 'claims 2', 'claims 1', 'identity 2', 'identity 1'])
  vi.unstubAllGlobals()
  expect(idsIn([{ ...entry(1, 1), subject: `account:${FANG}`, service: 'identity' }])).toEqual([FANG])
})
