import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant, forgetDrafts, makeI18n, preferences, signedIn } from '@huzhu/shared'

import { en, zh } from '../messages'
import JoinForm from './JoinForm.vue'

const BUTTON = { template: '<button @click="$emit(\'click\')"><slot /></button>', emits: ['click'] }
const FIELD = { props: ['modelValue'], emits: ['update:modelValue'], template: '<input :value="modelValue" @input="$emit(\'update:modelValue\', $event.target.value)" />' }

afterEach(() => vi.unstubAllGlobals())

it('is saved after the answer to an earlier save was lost', async () => {
  let loses = true
  const application = { id: 'x', version: 1, status: 'draft', nodes: [], fields: [{ code: 'post', title: '岗位', type: 'text', applies: true, options: [], value: null as string | null }] }
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    if (path.endsWith('/preview')) return new Response(JSON.stringify({ fields: [], faults: [], ready: true, amount_due: '1', starts_on: '2026-01-01', ends_on: '2026-12-31' }))
    if (init.method === 'PUT') {
      if (new Headers(init.headers).get('If-Match') !== `"${application.version}"`) return new Response('{}', { status: 412 })
      application.version += 1
      application.fields[0]!.value = (JSON.parse(String(init.body)) as { answers: Record<string, string> }).answers.post ?? null
      if (loses) throw new TypeError('network')
    }
    return new Response(JSON.stringify(application))
  })
  localStorage.clear()
  preferences.language = 'zh'
  enterTenant('member', 'wuxi')
  signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: 'm', kind: 'member', tenant: 'wuxi', roles: [], permissions: [], org_path: '' } })
  await forgetDrafts()
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:union/join/:id', component: JoinForm }, { path: '/', component: FIELD }] })
  await router.push('/wuxi/join/x')
  const page = mount(JoinForm, { global: { plugins: [router, makeI18n(zh, en)], components: { VanButton: BUTTON, VanField: FIELD, VanCell: { template: '<p />' }, VanCellGroup: { template: '<div><slot /></div>' } }, stubs: { PageFrame: { template: '<div><slot /></div>' } } } })
  await flushPromises()
  await page.get('input').setValue('钳工')
  await page.get('.actions button').trigger('click')
  await flushPromises()
  expect(page.find('[role=alert]').text()).toContain('连不上服务')
  loses = false
  await page.get('input').setValue('电工')
  await page.get('.actions button').trigger('click')
  await flushPromises()
  expect(application.fields[0]?.value).toBe('电工')
  expect(page.text()).toContain('2026')
  page.unmount()
})
