import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { enterTenant, preferences, signedIn } from '@huzhu/shared'

import { asking } from '../../desk/asking'
import PackPage from './PackPage.vue'

const BUTTON = { props: ['disabled'], template: '<button :disabled="disabled" @click="$emit(\'click\')"><slot /></button>', emits: ['click'] }
const changes = (version: number) => ({ code: 'wuxi', version, against: 3, number: 1, items: [{ path: 'phone', words: '电话', before: '1', after: `of ${version}` }] })
let version = 0
let served: Record<number, () => Promise<Response>> = {}
let posted: string[] = []
let mine = false

beforeEach(() => {
  version = 4
  served = {}
  posted = []
  mine = false
  asking.value = undefined
  localStorage.clear()
  preferences.language = 'zh'
  enterTenant('console', 'wuxi')
  signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: 'x', kind: 'staff', tenant: 'wuxi', roles: [], permissions: [], org_path: '/' } })
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    if (init.method === 'POST') posted.push(path)
    if (path.endsWith('/status')) return new Response(JSON.stringify({ version, live_version: 3, status: 'proposed', live: false, proposer: 'admin1', mine, proposed_at: '2026-03-01T08:00:00Z', acknowledged: [], waiting: [] }))
    const of = Number(/pack\/(\d+)\/changes$/.exec(path)?.[1])
    return of ? (served[of]?.() ?? new Response(JSON.stringify(changes(of)))) : new Response('{}')
  })
})
afterEach(() => vi.unstubAllGlobals())

async function opened() {
  const page = mount(PackPage, { global: { components: { ElButton: BUTTON } } })
  await flushPromises()
  const button = (words: string) => page.findAll('button').find((one) => one.text() === words)!
  const press = async (words: string) => {
    await button(words).trigger('click')
    await flushPromises()
  }
  return { page, button, press, barred: () => button('同意生效').attributes('disabled') !== undefined }
}

it.each(['重试', '刷新'])('lets nobody agree to changes that could not be loaded, says so, and loads them by %s', async (words) => {
  served[4] = async () => { throw new TypeError('Failed to fetch') }
  const { page, press, barred } = await opened()
  expect(page.get('[role=alert]').text()).toContain('连不上服务，请检查网络后重试')
  expect(barred()).toBe(true)
  served = {}
  await press(words)
  expect([page.find('[role=alert]').exists(), barred()]).toEqual([false, false])
  expect(page.text()).toContain('of 4')
  page.unmount()
})

it('shows the changes of the version that stands there, whichever answer comes last', async () => {
  let late: (answer: Response) => void = () => undefined
  served[4] = () => new Promise((resolve) => (late = resolve))
  const { page, press, barred } = await opened()
  expect([page.text().includes('正在加载'), barred()]).toEqual([true, true])
  version = 5
  await press('刷新')
  expect([page.text().includes('of 5'), barred()]).toEqual([true, false])
  late(new Response(JSON.stringify(changes(4))))
  await flushPromises()
  expect([page.text().includes('of 5'), page.text().includes('of 4')]).toEqual([true, false])
  page.unmount()
})

it('takes away the changes of before where those of the newer version cannot be loaded', async () => {
  const { page, press, barred } = await opened()
  expect(page.text()).toContain('of 4')
  version = 5
  served[5] = async () => new Response('{"code":"busy","detail":"暂时繁忙"}', { status: 503 })
  await press('刷新')
  expect([page.text().includes('of 4'), page.get('[role=alert]').text().includes('暂时繁忙'), barred()]).toEqual([false, true, true])
  page.unmount()
})

it('sends the consent to the version whose changes were shown', async () => {
  const { page, press } = await opened()
  await press('同意生效')
  const asked = asking.value!
  expect([asked.words, asked.text?.includes('第 4 版')]).toEqual(['4', true])
  version = 5
  await press('刷新')
  await asked.work('key', {})
  expect(posted).toEqual(['/api/identity/tenants/wuxi/pack/4/consent'])
  page.unmount()
})

it('offers its proposer to take it back, and nobody to agree with themselves', async () => {
  mine = true
  const { page, button, press } = await opened()
  expect([button('同意生效'), button('不采用')]).toEqual([undefined, undefined])
  expect(page.text()).toContain('要由另一位管理员同意')
  await press('撤回')
  expect(asking.value?.title[0]).toBe('撤回这个版本')
  page.unmount()
})
