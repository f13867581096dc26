import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant, makeI18n } from '@huzhu/shared'

import { en, zh } from '../messages'
import ClaimPreview from './ClaimPreview.vue'

afterEach(() => vi.unstubAllGlobals())

it.each([['in_review', '/wuxi/claims/c'], ['draft', '/wuxi/claims/c/preview'], ['returned', '/wuxi/claims/c/preview']])('of an application that is %s leads to %s', async (status, place) => {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ faults: [], notices: [], papers: [], checklist: [], nodes: [], lines: [], explanation: [], claim: { status, fields: [], documents: [], payee: {}, missing: [] } })))
  enterTenant('member', 'wuxi')
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:union/claims/:id/preview', component: ClaimPreview }, { path: '/:rest(.*)*', component: { template: '<p />' } }] })
  await router.push('/wuxi/claims/c/preview')
  const page = mount(ClaimPreview, { global: { plugins: [router, makeI18n(zh, en)], components: { VanButton: { template: '<button />' } }, stubs: { PageFrame: { template: '<div />' } } } })
  await flushPromises()
  expect(router.currentRoute.value.path).toBe(place)
  page.unmount()
})
