import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant, makeI18n } from '@huzhu/shared'

import { en, zh } from '../messages'
import RewardPage from './RewardPage.vue'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('renews the pass at the counter also after a renewal that failed, and ends with the page', async () => {
  vi.useFakeTimers()
  let passes = 0
  let away = false
  vi.stubGlobal('fetch', async (path: string) => {
    if (away) throw new TypeError('network')
    if (path.endsWith('/pass')) {
      passes += 1
      return new Response(JSON.stringify({ token: `pass ${passes}`, seconds: 100 }))
    }
    return new Response(JSON.stringify({ id: 'r', state: 'issued', expired: false, gives: 'goods', campaign_title: '送清凉', valid_until: '2026-12-31' }))
  })
  enterTenant('member', 'wuxi')
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:union/rewards/:id', component: RewardPage }, { path: '/', component: { template: '<p />' } }] })
  await router.push('/wuxi/rewards/r')
  const page = mount(RewardPage, { global: { plugins: [router, makeI18n(zh, en)], components: { VanButton: { template: '<button><slot /></button>' } }, stubs: { PageFrame: { template: '<div><slot /></div>' }, ScanBox: true, ConfirmButton: true } } })
  await flushPromises()
  expect(passes).toBe(1)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(passes).toBe(2)
  away = true
  await vi.advanceTimersByTimeAsync(60_000)
  expect(page.find('img').exists()).toBe(false)
  away = false
  await vi.advanceTimersByTimeAsync(5000)
  expect(passes).toBe(3)
  expect(page.find('img').exists()).toBe(true)
  page.unmount()
  await vi.advanceTimersByTimeAsync(300_000)
  expect(passes).toBe(3)
})
