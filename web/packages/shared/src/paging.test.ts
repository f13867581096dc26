import { describe, expect, it } from 'vitest'

import { usePaging } from './paging'
import { Problem } from './problem'

const pages: Record<string, { items: number[]; next_cursor: string | null }> = {
  '': { items: [1, 2], next_cursor: 'b' },
  b: { items: [3], next_cursor: null },
}

describe('a list by pages', () => {
  it('goes on and back', async () => {
    const list = usePaging(async (cursor) => pages[cursor ?? '']!)
    await list.first()
    expect(list.items.value).toEqual([1, 2])
    await list.next()
    expect([list.items.value, list.hasNext.value, list.number.value]).toEqual([[3], false, 2])
    await list.previous()
    expect([list.items.value, list.hasPrevious.value]).toEqual([[1, 2], false])
  })

  it('comes back to the page it was left at, and to the last one when there are fewer now', async () => {
    const three: typeof pages = { ...pages, b: { items: [3], next_cursor: 'c' }, c: { items: [4], next_cursor: null } }
    const list = usePaging(async (cursor) => three[cursor ?? '']!)
    await list.to(3)
    expect([list.items.value, list.number.value, list.hasPrevious.value]).toEqual([[4], 3, true])
    await list.to(2)
    expect([list.items.value, list.number.value]).toEqual([[3], 2])
    await list.to(9)
    expect([list.items.value, list.number.value, list.hasNext.value]).toEqual([[4], 3, false])
    await list.to(0)
    expect([list.items.value, list.number.value]).toEqual([[1, 2], 1])
  })

  it('shows the newest search, whichever answers last', async () => {
    const waiting: ((items: number[]) => void)[] = []
    const list = usePaging<number>(() => new Promise((resolve) => waiting.push((items) => resolve({ items }))))
    const [old, young] = [list.first(), list.first()]
    waiting[1]!([2])
    waiting[0]!([1])
    await Promise.all([old, young])
    expect(list.items.value).toEqual([2])
  })

  it('keeps what it showed when the next page cannot be had', async () => {
    let away = false
    const list = usePaging(async (cursor) => {
      if (away) throw new Problem(0, 'network.away', 'x')
      return pages[cursor ?? '']!
    })
    await list.first()
    away = true
    await list.next()
    expect([list.items.value, list.problem.value?.code, list.number.value]).toEqual([[1, 2], 'network.away', 1])
  })

  it('tells which page is on the screen: a slow answer that came too late is not, and none while another list is asked for', async () => {
    const waiting: ((page: { items: number[]; next_cursor: null; search: string }) => void)[] = []
    const shown: (string | undefined)[] = []
    const list = usePaging(() => new Promise<{ items: number[]; next_cursor: null; search: string }>((resolve) => waiting.push(resolve)), (page) => shown.push(page?.search))
    const slow = list.first()
    const quick = list.first()
    waiting[1]?.({ items: [1, 2, 3], next_cursor: null, search: 'of three' })
    await quick
    waiting[0]?.({ items: [9], next_cursor: null, search: 'of everybody' })
    await slow
    expect(list.items.value).toEqual([1, 2, 3])
    expect(shown).toEqual([undefined, undefined, 'of three'])
  })
})
