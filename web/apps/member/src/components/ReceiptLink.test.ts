import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'

import { makeI18n, preferences } from '@huzhu/shared'

import { en, zh } from '../messages'
import ReceiptLink from './ReceiptLink.vue'

const BUTTON = { template: '<button @click="$emit(\'click\')"><slot /></button>', emits: ['click'] }
afterEach(() => vi.unstubAllGlobals())

async function opened(items: object[]) {
  preferences.language = 'zh'
  const asked: string[] = []
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path)
    return path.endsWith('/file') ? new Response('%PDF', { headers: { 'Content-Disposition': 'attachment; filename="r.pdf"' } }) : new Response(JSON.stringify({ items, next_cursor: null }))
  })
  vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: () => 'blob:r', revokeObjectURL: () => undefined }))
  const link = mount(ReceiptLink, { props: { kind: 'dues', subject: 'bill-1' }, global: { plugins: [makeI18n(zh, en)], components: { VanButton: BUTTON } } })
  await link.get('button').trigger('click')
  await flushPromises()
  return { asked, words: link.text() }
}

it('opens the receipt of what was paid for', async () => {
  const { asked, words } = await opened([{ id: 'r1', number: '202600000001' }])
  expect(asked).toEqual(['/api/enrollment/receipts?kind=dues&subject=bill-1&limit=1', '/api/enrollment/receipts/r1/file'])
  expect(words).not.toContain('还没有开好')
})

it('says so where there is none yet', async () => {
  const { asked, words } = await opened([])
  expect(asked).toHaveLength(1)
  expect(words).toContain('还没有开好')
})
