import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant, makeI18n, preferences } from '@huzhu/shared'

import { en, zh } from '../messages'
import PaymentPage from './PaymentPage.vue'

const PLAIN = { template: '<div><slot /></div>' }
const payment = { id: 'p', number: 'f0e1', purpose: 'dues', subject_id: 'b', title: '会费 2026-01', amount: '10.00', amount_paid: '10.00', state: 'paid', state_text: '已退款', paid_at: '2026-11-29T05:00:00Z', expires_at: '2026-11-29T05:30:00Z', handle: {}, refunds: [], late: false }
afterEach(() => vi.unstubAllGlobals())

async function shown(more: object) {
  preferences.language = 'zh'
  enterTenant('member', 'bit')
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ ...payment, ...more })))
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:all(.*)', component: PLAIN }] })
  const page = mount(PaymentPage, { global: { plugins: [router, makeI18n(zh, en)], components: { VanButton: { template: '<button><slot /></button>' }, VanNavBar: PLAIN, VanLoading: PLAIN, VanEmpty: PLAIN } } })
  await flushPromises()
  const text = page.text()
  page.unmount()
  return text
}

it('says of money for a cancelled bill that it goes back, and offers no receipt', async () => {
  const back = { id: 'r', amount: '10.00', reason: '', state: 'done', created_at: '2026-11-29T05:00:10Z', done_at: '2026-11-29T05:00:20Z' }
  const text = await shown({ late: true, refunds: [back] })
  expect(text).toContain('10.00 元已经安排原路退回，不会重复收费，也不开收据')
  expect(text).toContain('原路退回，到账时间以支付机构为准')
  expect(text).not.toContain('收据，')
  expect(text).not.toContain('打印收据')
})

it('offers the receipt of what was paid in time', async () => {
  expect(await shown({ state_text: '已支付' })).toContain('打印收据')
})
