import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant, preferences, signedIn } from '@huzhu/shared'

import BatchPage from './BatchPage.vue'
import ResultNote from './ResultNote.vue'

afterEach(() => vi.unstubAllGlobals())

const ITEM = { id: 'i', sequence: 1, number: 'P1', claim_id: 'c', claim_number: 'L1', name: '张*', card: '6222 **** 0128', bank_name: null, amount: '2600.00', reason: '账户已销户', paid_on: '2026-11-29' }
async function shown(outcome: string): Promise<string> {
  const batch = { id: 'b', number: 'B1', status: 'settled', fund: 'f', purpose: 'claim', payouts: 1, answered: 1, total: '2600.00', origin: 'person' }
  vi.stubGlobal('fetch', async (path: string) => new Response(JSON.stringify(path.includes('/items') ? { items: [{ ...ITEM, outcome }], next_cursor: null } : path.includes('/funds') ? [] : batch)))
  preferences.language = 'zh'
  enterTenant('console', 'wuxi')
  signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: 'x', kind: 'staff', tenant: 'wuxi', roles: [], permissions: ['claims.payout.prepare'], org_path: '' } })
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: { template: '<p />' } }] })
  await router.push('/wuxi/batches/b')
  const page = mount(BatchPage, { props: { id: 'b' }, global: { plugins: [router], stubs: { ElButton: { template: '<button><slot /></button>' } } } })
  await flushPromises()
  const text = page.text()
  page.unmount()
  return text
}

it('says that money was given back by the bank, and what follows', async () => {
  expect(await shown('reversed')).toContain('有退汇：款项到账后被银行退回')
  expect(await shown('paid')).not.toContain('有退汇')
})

it('counts what was given back in what a result file did', () => {
  const result = { batch_id: 'b', paid: 0, failed: 0, reversed: 1, repeated: 0, open: 0, status: 'settled' }
  const note = mount(ResultNote, { props: { handed: { file: 'r.xlsx', result } } })
  expect(note.text()).toContain('退汇 1 笔')
})
