import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant, makeI18n, preferences, session, signedIn, signedOut } from '@huzhu/shared'

import { answerConfirmation, askToConfirm, confirmationAsked } from '../confirming'
import { en, zh } from '../messages'
import ConfirmSheet from './ConfirmSheet.vue'

const FORM = { template: '<form @submit.prevent="$emit(\'submit\')"><slot /></form>', emits: ['submit'] }
const CODE = { props: ['modelValue'], template: '<input name="code" :value="modelValue" @input="$emit(\'update:modelValue\', $event.target.value)">', emits: ['update:modelValue'] }
const tokens = (n: number) => ({ access_token: `a${n}`, refresh_token: `r${n}`, expires_in: 900, account: { id: 'm', kind: 'member', tenant: 'wuxi', roles: [], permissions: [], org_path: '' } })
let renewal: (() => Response) | undefined
let keys: (string | null)[] = []

beforeEach(() => {
  localStorage.clear()
  preferences.language = 'zh'
  enterTenant('member', 'wuxi')
  signedIn(tokens(1))
  keys = []
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    if (path.endsWith('/refresh')) {
      if (!renewal) throw new TypeError('Failed to fetch')
      return renewal()
    }
    keys.push(new Headers(init.headers).get('Idempotency-Key'))
    return new Response(null, { status: 204 })
  })
})
afterEach(() => {
  answerConfirmation(false)
  vi.unstubAllGlobals()
})

async function opened() {
  const page = { template: '<p />' }
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/wuxi/me', component: page }, { path: '/wuxi/me/cards', component: page }, { path: '/wuxi/me/security', component: page }] })
  await router.push('/wuxi/me')
  await router.push('/wuxi/me/cards')
  const given = vi.fn()
  void askToConfirm().then(given)
  const sheet = mount(ConfirmSheet, { global: { plugins: [router, makeI18n(zh, en)], stubs: { VanPopup: { template: '<div><slot /></div>' }, VanForm: FORM, CodeField: CODE, VanButton: true } } })
  const confirm = async () => {
    await sheet.get('form').trigger('submit')
    await flushPromises()
  }
  await sheet.get('input').setValue('123456')
  return { router, given, sheet, confirm, at: () => router.currentRoute.value.path }
}

it.each([
  ['the network is lost', undefined],
  ['the service is busy', () => new Response('{}', { status: 503 })],
  ['too much is asked', () => new Response('{}', { status: 429 })],
])('says so where the code was right and %s before the tokens say it, and goes on at the next tap', async (_why, answer) => {
  renewal = answer
  const { given, sheet, confirm } = await opened()
  await confirm()
  expect(sheet.get('[role=alert]').text()).toContain('验证码已通过')
  expect([confirmationAsked.value, given.mock.calls]).toEqual([true, []])
  renewal = () => new Response(JSON.stringify(tokens(2)))
  await confirm()
  expect(given.mock.calls).toEqual([[true]])
  expect(keys[1]).toBe(keys[0])
  expect(session.state.tokens?.access_token).toBe('a2')
  sheet.unmount()
})

it('closes when the session ends beneath it: on the renewal, or on any other request', async () => {
  renewal = () => new Response('{}', { status: 401 })
  const renewing = await opened()
  await renewing.confirm()
  expect([confirmationAsked.value, renewing.given.mock.calls]).toEqual([false, [[false]]])
  renewing.sheet.unmount()
  signedIn(tokens(3))
  const asking = await opened()
  signedOut(true)
  await flushPromises()
  expect([confirmationAsked.value, asking.given.mock.calls]).toEqual([false, [[false]]])
  asking.sheet.unmount()
})

it('is what Back closes: the page under it stays, with what was typed', async () => {
  const { router, given, sheet, at } = await opened()
  router.back()
  await flushPromises()
  expect([confirmationAsked.value, given.mock.calls, at()]).toEqual([false, [[false]], '/wuxi/me/cards'])
  router.back()
  await flushPromises()
  expect(at()).toBe('/wuxi/me')
  sheet.unmount()
})

it('leads away where its own link does, or where nobody is signed in any more', async () => {
  const linked = await opened()
  await linked.sheet.get('.link').trigger('click')
  await flushPromises()
  expect([linked.given.mock.calls, linked.at()]).toEqual([[[false]], '/wuxi/me/security'])
  linked.sheet.unmount()
  const ended = await opened()
  signedOut(true)
  await ended.router.replace('/wuxi/me')
  expect([confirmationAsked.value, ended.at()]).toEqual([false, '/wuxi/me'])
  ended.sheet.unmount()
})
