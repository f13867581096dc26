import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant, preferences, signedIn, tenant } from '@huzhu/shared'

import DashboardPage from './DashboardPage.vue'

const FIGURES: Record<string, unknown> = {
  '/api/enrollment/statistics/summary': { members: 20, covered: 20 },
  '/api/enrollment/statistics/participation': { covered: 16, members: 20, rate: '0.8', required: '0.8', unknown_units: 3, unknown_covered: 54, items: [{ unit_id: 'u', unit_name: '长江轴承厂工会', members: 20, covered: 16, rate: '0.8', met: true }, { unit_id: 'v', unit_name: '清名公交工会', members: null, covered: 54, rate: null, met: null }] },
  '/api/claims/statistics': { contributions: '0.00', paid: '0.00', loss_ratio: null },
  '/api/claims/statistics/payout-times': { payouts: 0, buckets: [] },
  '/api/claims/statistics/backlog': [],
  '/api/claims/statistics/funds': [{ fund: 'a', title: '互助金', available: '1.00', owed: '0.00', floor: '0.00', covered: true }],
  '/api/enrollment/products': [{ code: 'three', title: '三合一', ordered_by: ['unit'] }],
}
let asked: string[] = []

const CHART = { props: ['option'], template: '<i :data-option="JSON.stringify(option)" />' }

async function shown(kind: string, org_path: string, look: (page: ReturnType<typeof mount>) => void = () => undefined) {
  const permissions = ['enrollment.statistics.read', 'claims.statistics.read']
  signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: 'x', kind, tenant: 'wuxi', roles: [], permissions, org_path } })
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: DashboardPage }] })
  await router.push('/?product=three')
  const page = mount(DashboardPage, { global: { plugins: [router], stubs: { ElButton: true, ChartBox: CHART } } })
  await flushPromises()
  await flushPromises()
  const words = page.text()
  look(page)
  page.unmount()
  return words
}

beforeEach(() => {
  asked = []
  localStorage.clear()
  preferences.language = 'zh'
  enterTenant('console', 'wuxi')
  tenant.loaded = undefined
  vi.stubGlobal('fetch', async (path: string) => {
    const address = path.split('?')[0]!
    asked.push(address)
    // What the service does: a fund is shown to those who see the whole union.
    return address in FIGURES ? new Response(JSON.stringify(FIGURES[address])) : new Response('{"code":"auth.not_permitted","detail":"您没有使用此功能的权限"}', { status: 403 })
  })
})
afterEach(() => vi.unstubAllGlobals())

it.each([['handler', '', '本单位'], ['staff', '/chaoyang/', '本机构及下级']])('asks for a %s of %s only what they may see, and says whose figures these are', async (kind, path, reach) => {
  const words = await shown(kind, path)
  expect(asked).toContain('/api/claims/statistics/backlog')
  expect(asked).not.toContain('/api/claims/statistics/funds')
  expect(words).toContain(`数据范围：${reach}`)
  expect(words).toContain(`${reach} 在保 / 职工 16 / 20，80.0%`)
  for (const untrue of ['没有使用此功能的权限', '基金', '全会']) expect(words).not.toContain(untrue)
})

it('counts no unit into a rate that has not said how many employees it has, and draws the line of the rule', async () => {
  const words = await shown('staff', '/', (page) => {
    const option = page.find('[data-option]').attributes('data-option')!
    expect(option).toContain('"xAxis":80')
    expect(option).not.toContain('清名公交工会')
  })
  expect(words).toContain('另有 3 家单位没有申报职工人数（在保 54 人）')
  expect(words).toContain('54 / —未申报职工人数')
})

it('shows the funds and the figures of the whole union to whoever works for it', async () => {
  const words = await shown('staff', '/')
  expect(asked).toContain('/api/claims/statistics/funds')
  expect(words).toContain('数据范围：全会')
  expect(words).toContain('基金余额')
})

it('says nothing about what could not be loaded', async () => {
  delete FIGURES['/api/claims/statistics/backlog']
  const words = await shown('staff', '/')
  expect(words).toContain('没有使用此功能的权限')
  expect(words).not.toContain('没有待办案件')
})
