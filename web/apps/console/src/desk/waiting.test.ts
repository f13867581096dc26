import { expect, it, vi } from 'vitest'

import { enterTenant, signedIn } from '@huzhu/shared'

import { mineOf, passOver } from './waiting'

it('counts what waits at one\'s own nodes only', () => {
  const node = (name: string, mine: boolean, waiting: number, overdue: number) => ({
    kind: 'hospital', title: '住院', node: name, node_title: name, role: name, mine, waiting, taken: 0, overdue, oldest: '2026-11-01T00:00:00Z', average_days: 1,
  })
  const mine = mineOf({ waiting: 7, overdue: 3, nodes: [node('first-check', false, 5, 2), node('review', true, 2, 1)] })
  expect([mine.waiting, mine.overdue, mine.nodes.map((one) => one.node)]).toEqual([2, 1, ['review']])
})

it('goes on through the queue past what was left, what colleagues hold and what is not one\'s own to decide, and ends at its end', async () => {
  enterTenant('console', 'wuxi')
  signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: 'me', kind: 'staff', tenant: 'wuxi', roles: [], permissions: [], org_path: '' } })
  const task = (claim_id: string, handler_id: string | null = null, mine = true) => ({ claim_id, handler_id, mine })
  vi.stubGlobal('fetch', async (path: string) => {
    const items = String(path).includes('cursor=') ? [task('d'), task('e', 'me')] : [task('a'), task('b'), task('c', 'colleague'), task('x', null, false)]
    return new Response(JSON.stringify({ items, next_cursor: String(path).includes('cursor=') ? null : 'more' }), { headers: { 'content-type': 'application/json' } })
  })
  expect(await passOver('a')).toBe('b')
  expect(await passOver('b')).toBe('d')
  expect(await passOver('d')).toBe('e')
  expect(await passOver('e')).toBeUndefined()
  expect(await passOver('b')).toBe('a')
  vi.unstubAllGlobals()
})
