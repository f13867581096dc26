import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant, makeI18n, preferences, signedIn } from '@huzhu/shared'

import { en, zh } from '../messages'
import PrivacyPage from './PrivacyPage.vue'

const BUTTON = { template: '<button class="agree" @click="$emit(\'click\')"><slot /></button>', emits: ['click'] }
let refused = false
beforeEach(() => {
  refused = false
  localStorage.clear()
  preferences.language = 'zh'
  enterTenant('member', 'wuxi')
  signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: 'm', kind: 'member', tenant: 'wuxi', roles: [], permissions: [], org_path: '' } })
  vi.stubGlobal('fetch', async (path: string) => {
    if (path.endsWith('/consents')) return refused ? new Response('{"code":"consent.other_version","detail":"协议已更新"}', { status: 409 }) : new Response('{}')
    return new Response(JSON.stringify(path.endsWith('/me') ? { consent_due: true } : { version: 2, title: '隐私声明', text: '说明' }))
  })
})
afterEach(() => vi.unstubAllGlobals())

async function agreed(from = '/wuxi/privacy') {
  const page = { template: '<p />' }
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/wuxi', component: page }, { path: '/wuxi/privacy', component: PrivacyPage }, { path: '/wuxi/apply', component: page }] })
  await router.push(from)
  const shown = mount(PrivacyPage, { global: { plugins: [router, makeI18n(zh, en)], components: { VanButton: BUTTON }, stubs: { PageFrame: { template: '<div><slot /></div>' } } } })
  await flushPromises()
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
