import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { enterTenant } from '@huzhu/shared'

import DocumentView from './DocumentView.vue'

const BUTTON = { props: ['disabled'], emits: ['click'], template: '<button :disabled="disabled" @click="$emit(\'click\')"><slot /></button>' }
let waiting: Map<string, () => void>
let shown: string[]

beforeEach(() => {
  enterTenant('console', 'wuxi')
  waiting = new Map()
  shown = []
  vi.stubGlobal('fetch', (path: string) => {
    const number = /\/pages\/(\d)/.exec(path)?.[1]
    if (!number) return Promise.resolve(new Response(JSON.stringify({ pages: 3, fields: { name: { value: '王芳', box: { page: 2, left: 0, top: 0, right: 1, bottom: 1 } } } })))
    return new Promise((resolve) => waiting.set(path, () => resolve(new Response(number, { headers: { 'Content-Type': 'image/png' } }))))
  })
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    shown.push(String((blob as Blob).size))
    return `blob:${shown.length}`
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

it('shows the page that was asked for last, its number and its places together, under a link that is good then', async () => {
  let links = 0
  const page = mount(DocumentView, { props: { documentId: 'd', link: async () => `l${(links += 1)}` }, global: { stubs: { ElButton: BUTTON } } })
  await flushPromises()
  const next = () => page.findAll('button').find((one) => one.text() === '下一页' || one.text() === 'Next')!
  const arrives = async (number: number) => {
    const [path, arrive] = [...waiting].find(([path]) => path.includes(`/pages/${number}`))!
    arrive()
    await flushPromises()
    return path
  }
  expect(await arrives(0)).toContain('link=l2')
  await next().trigger('click')
  await next().trigger('click')
  await flushPromises()
  expect(await arrives(2)).toContain('link=l4')
  expect(page.text()).toContain('3 / 3')
  expect(page.findAll('.box')).toHaveLength(1)
  const picture = page.get('img').attributes('src')
  await arrives(1)
  expect(page.get('img').attributes('src')).toBe(picture)
  expect(page.text()).toContain('3 / 3')
  page.unmount()
})

it('shows the pages of a PDF as soon as their pictures are made', async () => {
  vi.useFakeTimers()
  let made = false
  vi.stubGlobal('fetch', async (path: string) => {
    if (path.includes('/content')) return new Response('%PDF', { headers: { 'Content-Type': 'application/pdf' } })
    if (!path.includes('/pages/0')) return new Response(JSON.stringify({ pages: 1, fields: {} }))
    return made ? new Response('picture', { headers: { 'Content-Type': 'image/png' } }) : new Response('{}', { status: 404 })
  })
  const page = mount(DocumentView, { props: { documentId: 'd' }, global: { stubs: { ElButton: BUTTON } } })
  await vi.advanceTimersByTimeAsync(4100)
  expect([page.find('img').exists(), /正在生成|being made/.test(page.text())]).toEqual([false, true])
  made = true
  await vi.advanceTimersByTimeAsync(4100)
  expect(page.find('img').exists()).toBe(true)
  page.unmount()
  vi.useRealTimers()
})
