import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant } from '@huzhu/shared'

import RecordList from './RecordList.vue'

const YEAR = new Date().getFullYear()
let searches: object[] = []
beforeEach(() => {
  searches = []
  localStorage.clear()
  sessionStorage.clear()
  enterTenant('console', 'wuxi')
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    if (path.includes('/policies/search')) searches.push(JSON.parse(String(init.body)) as object)
    return new Response(JSON.stringify({ items: [], next_cursor: null }))
  })
})
afterEach(() => vi.unstubAllGlobals())

it.each([['/', { year: YEAR }], ['/?year=2024', { year: 2024 }], ['/?order_number=20260101', { order_number: '20260101' }]])('opened as %s asks once, for %j', async (address, wanted) => {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: RecordList }] })
  await router.push(address)
  const page = mount(RecordList, { global: { plugins: [router], stubs: { ElButton: true } } })
  await flushPromises()
  expect(searches).toEqual([wanted])
  await router.replace({ query: {} })
  await flushPromises()
  expect(searches.slice(1)).toEqual([{}])
  page.unmount()
})
