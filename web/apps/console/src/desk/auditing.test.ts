import { afterEach, expect, it, vi } from 'vitest'

import { auditPage } from './auditing'

type Entry = { seq: number; at: string }
const at = (seq: number, second: number): Entry => ({ seq, at: `2026-11-29T08:00:${String(second).padStart(2, '0')}Z` })
afterEach(() => vi.unstubAllGlobals())

/** All pages of some logs, as they are read one after the other. */
async function pages(logs: Record<string, Entry[]>, limit: number): Promise<string[]> {
  vi.stubGlobal('fetch', async (path: string) => {
    const url = new URL(path, 'http://console.test')
    const before = Number(url.searchParams.get('before') ?? Infinity)
    const found = logs[url.pathname.split('/')[2]!]!.filter((one) => one.seq < before)
    const items = found.slice(0, limit)
    return new Response(JSON.stringify({ items, next_before: found.length > limit ? items.at(-1)!.seq : null }), { headers: { 'content-type': 'application/json' } })
  })
  const seen: string[] = []
  for (let cursor: string | undefined, turn = 0; turn < 20; turn += 1) {
    const page = await auditPage(Object.keys(logs), new URLSearchParams(), cursor, limit)
    seen.push(...page.items.map((one) => `${one.service}${one.seq}`))
    if (!page.next_cursor) return seen
    cursor = page.next_cursor
  }
  throw new Error('the pages have no end')
}

it('shows every entry of several logs once, newest first', async () => {
  expect(await pages({ identity: [at(3, 9), at(2, 5), at(1, 1)], claims: [at(8, 8), at(7, 2)] }, 2)).toEqual(['identity3', 'claims8', 'identity2', 'claims7', 'identity1'])
})

it('passes over no entry that was made before another and numbered after it', async () => {
  const seen = await pages({ identity: [at(4, 1), at(3, 9)], claims: [at(9, 8), at(8, 7)] }, 2)
  expect(seen).toHaveLength(4)
  expect([...seen].sort()).toEqual(['claims8', 'claims9', 'identity3', 'identity4'])
})

it('reads a log to its end though another has none', async () => {
  expect(await pages({ identity: [], claims: [at(3, 3), at(2, 2), at(1, 1)] }, 1)).toEqual(['claims3', 'claims2', 'claims1'])
})
