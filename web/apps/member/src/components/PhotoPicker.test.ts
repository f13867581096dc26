import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'

import { makeI18n, preferences, Problem } from '@huzhu/shared'

import { en, zh } from '../messages'
import PhotoPicker from './PhotoPicker.vue'

const refusal = vi.hoisted(() => ({ status: 415 }))
vi.mock('@huzhu/shared', async (original) => ({
  ...(await original<object>()),
  uploadDocument: async () => { throw new Problem(refusal.status, 'x', '不支持这种文件') },
}))

async function buttonsAfter(status: number): Promise<string[]> {
  refusal.status = status
  preferences.language = 'zh'
  const page = mount(PhotoPicker, { props: { label: '发票', more: 3, take: () => undefined }, global: { plugins: [makeI18n(zh, en)] } })
  const field = page.findAll('input')[1]
  Object.defineProperty(field?.element, 'files', { value: [new File(['x'], 'bad.txt')] })
  await field?.trigger('change')
  await flushPromises()
  return page.findAll('button').map((one) => one.text())
}

it('offers to try again only what may work again', async () => {
  expect(await buttonsAfter(415)).toEqual(['移除'])
  expect(await buttonsAfter(0)).toEqual(['重试', '移除'])
})
