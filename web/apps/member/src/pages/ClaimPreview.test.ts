import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant, makeI18n, preferences } from '@huzhu/shared'

import { en, zh } from '../messages'
import ClaimPreview from './ClaimPreview.vue'

beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }) })
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const reading = (place: string) => ({ code: 'document.being_read', field: place, message: '材料正在识别，请稍候片刻再提交。', document_id: null })

it('looks again by itself while papers are being read, says so once, and leads nowhere to mend it', async () => {
  let faults = [reading('receipt'), reading('discharge')]
  let asked = 0
  const claim = { id: 'c', status: 'draft', title: '住院', fields: [], documents: [], payee: { kind: 'insured' }, missing: [], on_behalf: null }
  vi.stubGlobal('fetch', async () => {
    asked += 1
    return new Response(JSON.stringify({ claim, faults, notices: [], checklist: [], estimate: null, explanation: [], reasons: [], next_nodes: [], ready: !faults.length }))
  })
  preferences.language = 'zh'
  enterTenant('member', 'wuxi')
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:union/claims/:id/preview', component: ClaimPreview }, { path: '/:rest(.*)*', component: { template: '<p />' } }] })
  await router.push('/wuxi/claims/c/preview')
  const button = { props: ['disabled'], template: '<button :disabled="disabled"><slot /></button>' }
  const page = mount(ClaimPreview, { global: { plugins: [router, makeI18n(zh, en)], components: { VanButton: button }, stubs: { PageFrame: { template: '<div><slot /></div>' } } } })
  await flushPromises()
  expect(page.findAll('[role=alert] li')).toHaveLength(1)
  expect(page.find('[role=alert] a').exists()).toBe(false)
  expect(page.find('button[disabled]').exists()).toBe(true)
  await vi.advanceTimersByTimeAsync(3_000)
  expect(asked).toBe(2)
  faults = []
  await vi.advanceTimersByTimeAsync(3_000)
  await flushPromises()
  expect(page.find('[role=alert]').exists()).toBe(false)
  expect(page.find('button[disabled]').exists(), 'it may be handed in').toBe(false)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(asked, 'then it looks no more').toBe(3)
  page.unmount()
})
