import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { enterTenant, signedIn } from '@huzhu/shared'

import { passOver, queueAddress, workThrough } from './queue'

const task = (claim_id: string, handler_id: string | null = null, mine = true) => ({ claim_id, handler_id, mine })
const asked: { path: string; body: unknown }[] = []

beforeEach(() => {
  enterTenant('console', 'wuxi')
  signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: 'me', kind: 'staff', tenant: 'wuxi', roles: [], permissions: [], org_path: '' } })
  sessionStorage.clear()
  asked.length = 0
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    asked.push({ path, body: JSON.parse(String(init.body)) })
    const more = path.includes('cursor=')
    const items = more ? [task('d'), task('e', 'me')] : [task('a'), task('b'), task('c', 'colleague'), task('x', null, false)]
    return new Response(JSON.stringify({ items, next_cursor: more ? null : 'more' }), { headers: { 'content-type': 'application/json' } })
  })
})
afterEach(() => vi.unstubAllGlobals())

it('goes on through the queue past what was left, what colleagues hold and what is not one\'s own to decide, and ends at its end', async () => {
  expect(await passOver('a')).toBe('b')
  expect(await passOver('b')).toBe('d')
  expect(await passOver('d')).toBe('e')
  expect(await passOver('e')).toBeUndefined()
  expect(await passOver('b')).toBe('a')
})

it('goes on in the list as it was searched and sorted, keeps the name out of addresses, and offers what was left where another list is asked for', async () => {
  workThrough({ order: 'newest', node: 'review', name: '许小夏' })
  expect(await passOver('a')).toBe('b')
  expect(asked).toEqual([{ path: '/api/claims/queue/search?limit=50', body: { order: 'newest', node: 'review', name: '许小夏' } }])
  expect(queueAddress()).toBe('/wuxi/queue?order=newest&node=review')
  workThrough({ order: 'newest', node: 'review', name: '许小夏' })
  expect(await passOver('b')).toBe('d')
  workThrough({})
  expect(await passOver('b')).toBe('a')
  expect(queueAddress()).toBe('/wuxi/queue')
})
