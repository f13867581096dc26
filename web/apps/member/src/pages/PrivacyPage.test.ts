import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant, makeI18n, preferences, signedIn } from '@huzhu/shared'

import { en, zh } from '../messages'
import PrivacyPage from './PrivacyPage.vue'

const BUTTON = { template: '<button class="agree" @click="$emit(\'click\')"><slot /></button>', emits: ['click'] }
let refused = false
let away: string[] = []
let noMember = false
beforeEach(() => {
  refused = false
  away = []
  noMember = false
  localStorage.clear()
  preferences.language = 'zh'
  enterTenant('member', 'wuxi')
  signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: 'm', kind: 'member', tenant: 'wuxi', roles: [], permissions: [], org_path: '' } })
  vi.stubGlobal('fetch', async (path: string) => {
    if (away.some((end) => path.endsWith(end))) throw new TypeError('Failed to fetch')
    if (path.endsWith('/consents')) return refused ? new Response('{"code":"consent.other_version","detail":"协议已更新"}', { status: 409 }) : new Response('{}')
    if (noMember && path.endsWith('/me')) return new Response('{"code":"not_found","detail":"没有找到"}', { status: 404 })
    return new Response(JSON.stringify(path.endsWith('/me') ? { consent_due: true } : { version: 2, title: '隐私声明', text: '说明' }))
  })
})
afterEach(() => vi.unstubAllGlobals())

async function opened(from = '/wuxi/privacy') {
  const page = { template: '<p />' }
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/wuxi', component: page }, { path: '/wuxi/privacy', component: PrivacyPage }, { path: '/wuxi/apply', component: page }] })
  await router.push(from)
  const shown = mount(PrivacyPage, { global: { plugins: [router, makeI18n(zh, en)], components: { VanButton: BUTTON }, stubs: { PageFrame: { template: '<div><slot /></div>' } } } })
  await flushPromises()
  return { router, shown }
}
async function agreed(from?: string) {
  const { router, shown } = await opened(from)
  await shown.get('.agree').trigger('click')
  await flushPromises()
  return router.currentRoute.value.path
}

it('leads on once the statement was agreed to', async () => expect(await agreed()).toBe('/wuxi'))
it('stays where it could not be agreed to', async () => {
  refused = true
  expect(await agreed()).toBe('/wuxi/privacy')
})
it('leads to what was begun before it was agreed to', async () => expect(await agreed('/wuxi/privacy?to=/wuxi/apply')).toBe('/wuxi/apply'))
it.each([
  ['whether it was agreed to', ['/members/me'], true],
  ['anything', ['/members/me', '/privacy-statement'], false],
])('says what to do where %s cannot be loaded, and loads it at one tap', async (_what, gone, legible) => {
  away = gone
  const { shown } = await opened('/wuxi/privacy?to=/wuxi/apply')
  expect(shown.findAll('[role=alert]')).toHaveLength(1)
  expect(shown.get('[role=alert]').text()).toContain('连不上服务，请检查网络后重试')
  expect(shown.text().includes('说明')).toBe(legible)
  away = []
  await shown.get('[role=alert] button').trigger('click')
  await flushPromises()
  expect(shown.find('[role=alert]').exists()).toBe(false)
  expect(shown.get('.agree').text()).toContain('隐私声明')
})
it('is there to read for an account that belongs to no member', async () => {
  noMember = true
  const { shown } = await opened()
  expect([shown.text().includes('说明'), shown.find('[role=alert]').exists(), shown.find('.agree').exists()]).toEqual([true, false, false])
})
