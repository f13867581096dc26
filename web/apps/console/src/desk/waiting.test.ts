import { afterEach, expect, it, vi } from 'vitest'

import { enterTenant, signedIn, tenant } from '@huzhu/shared'

import { mineOf, whatWaits } from './waiting'

it('counts what waits at one\'s own nodes only', () => {
  const node = (name: string, mine: boolean, waiting: number, overdue: number) => ({
    kind: 'hospital', title: '住院', node: name, node_title: name, role: name, mine, waiting, taken: 0, overdue, oldest: '2026-11-01T00:00:00Z', average_days: 1,
  })
  const mine = mineOf({ waiting: 7, overdue: 3, nodes: [node('first-check', false, 5, 2), node('review', true, 2, 1)] })
  expect([mine.waiting, mine.overdue, mine.nodes.map((one) => one.node)]).toEqual([2, 1, ['review']])
})

afterEach(() => vi.unstubAllGlobals())

async function waitsFor(permissions: string[], answers: Record<string, unknown>): Promise<Record<string, number>> {
  localStorage.clear()
  enterTenant('console', 'beijing')
  tenant.loaded = undefined
  signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: 'x', kind: 'staff', tenant: 'beijing', roles: [], permissions, org_path: '/' } })
  vi.stubGlobal('fetch', async (path: string) => {
    const found = Object.entries(answers).find(([asked]) => path.startsWith(asked))
    return found ? new Response(JSON.stringify(found[1])) : new Response('{"orders":0,"items":[]}')
  })
  return Object.fromEntries((await whatWaits()).map((one) => [one.title[0], one.count]))
}

it('counts a proposed pack for the administrator who may agree to it only', async () => {
  const status = (mine: boolean) => ({ '/api/identity/tenants/beijing/pack/status': { status: 'proposed', mine } })
  expect(await waitsFor(['identity.tenant.manage'], status(false))).toEqual({ 待同意的工会配置: 1 })
  expect(await waitsFor(['identity.tenant.manage'], status(true))).toEqual({})
})

it('counts the terminations that wait for oneself only', async () => {
  const items = [{ id: 'a', may_decide: true }, { id: 'b', may_decide: false }]
  expect(await waitsFor(['enrollment.order.review', 'enrollment.order.read'], { '/api/enrollment/terminations?mine=true': { items } })).toEqual({ 待审批的提前终止: 1 })
})

it('counts the appeals that one may answer oneself, and tells the administrator of those that nobody may', async () => {
  const items = [{ id: 'a', may_answer: true, nobody: null }, { id: 'b', may_answer: false, nobody: null }, { id: 'c', may_answer: false, nobody: '没有人可以答复' }]
  const answers = { '/api/claims/appeals?status=open': { items } }
  expect(await waitsFor(['claims.claim.read', 'claims.claim.report_review'], answers)).toMatchObject({ 待答复的申诉和投诉: 1 })
  expect(await waitsFor(['claims.claim.read', 'identity.staff.manage'], answers)).toEqual({ 没有人可以答复的申诉和投诉: 1 })
})

it('tells what came back from what is not handed in yet, and asks a reviewer only for what is theirs', async () => {
  const counts: Record<string, number> = { draft: 3, returned: 1, to_review: 2, submitted: 9 }
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => new Response(JSON.stringify(path.includes('/found/summary') ? { orders: counts[(JSON.parse(String(init.body)) as { status: string }).status] ?? 0 } : { items: [] })))
  const as = (kind: 'handler' | 'staff', permissions: string[]) => signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: kind, kind, tenant: 'wuxi', roles: [], permissions, org_path: '' } })
  enterTenant('console', 'wuxi')
  tenant.loaded = undefined
  as('handler', ['enrollment.order.write'])
  expect((await whatWaits()).map((one) => [one.to, one.count])).toEqual([['orders?status=returned', 1], ['orders?status=draft', 2]])
  as('staff', ['enrollment.order.review'])
  expect((await whatWaits()).map((one) => [one.to, one.count])).toEqual([['orders?status=to_review', 2]])
})
