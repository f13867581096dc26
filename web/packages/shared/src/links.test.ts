import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { useLinks } from './links'

const MINUTE = 60_000
let asked = 0
const papers = () => useLinks(async () => {
  asked += 1
  return [{ document_id: 'a', link: `a${asked}` }, { document_id: 'b', url: `/api/ocr/documents/b/content?link=b${asked}` }]
})

beforeEach(() => {
  asked = 0
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

it('asks once for the links of all papers, however many are opened at once', async () => {
  const { linkOf } = papers()
  expect(await Promise.all([linkOf('a'), linkOf('b')])).toEqual(['a1', 'b1'])
  expect(asked).toBe(1)
})

it('gives another link to a paper that is turned to after four minutes', async () => {
  const { linkOf } = papers()
  await linkOf('a')
  vi.advanceTimersByTime(3 * MINUTE)
  expect(await linkOf('b')).toBe('b1')
  vi.advanceTimersByTime(2 * MINUTE)
  expect(await linkOf('b')).toBe('b2')
})

it('asks again for a picture that could not be shown, but not again and again', async () => {
  const { linkOf, again, links } = papers()
  await linkOf('a')
  await again()
  expect(asked).toBe(1)
  vi.advanceTimersByTime(MINUTE)
  await again()
  await again()
  expect(links.value).toEqual({ a: 'a2', b: 'b2' })
})

it('asks anew where the links could not be had', async () => {
  let away = true
  const { linkOf, failed } = useLinks(async () => {
    if (away) throw new Error('away')
    return [{ document_id: 'a', link: 'a1' }]
  })
  await expect(linkOf('a')).rejects.toThrow('away')
  expect(failed.value).toBe(true)
  away = false
  expect(await linkOf('a')).toBe('a1')
  expect(failed.value).toBe(false)
})
