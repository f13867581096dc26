import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant, makeI18n, preferences } from '@huzhu/shared'

import App from './App.vue'
import { answerConfirmation, askToConfirm } from './confirming'
import { en, zh } from './messages'

const POPUP = { props: ['show'], template: '<div v-if="show" class="sheet"><slot /></div>' }
const BUTTON = { props: ['nativeType'], template: '<button @click="$emit(\'click\')"><slot /></button>', emits: ['click'] }

beforeEach(() => {
  localStorage.clear()
  preferences.language = 'zh'
  enterTenant('member', 'wuxi')
  vi.stubGlobal('fetch', async () => new Response('{}'))
})
afterEach(() => {
  answerConfirmation(false)
  vi.unstubAllGlobals()
})

it('puts the page out of reach only together with the sheet that gives it back, which nothing need be loaded for', async () => {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:tenant', component: { template: '<p />' } }] })
  await router.push('/wuxi')
  const app = mount(App, { global: { plugins: [router, makeI18n(zh, en)], components: { VanPopup: POPUP, VanButton: BUTTON }, stubs: { TabBar: true, CodeField: true, VanForm: true } } })
  expect([app.get('.under').attributes('inert'), app.find('.sheet').exists()]).toEqual([undefined, false])
  const given = askToConfirm()
  await app.vm.$nextTick()
  expect([app.get('.under').attributes('inert'), app.find('.sheet').exists()]).toEqual(['', true])
  answerConfirmation(false)
  expect(await given).toBe(false)
  await flushPromises()
  expect([app.get('.under').attributes('inert'), app.find('.sheet').exists()]).toEqual([undefined, false])
  app.unmount()
})
