import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant, signedIn } from '@huzhu/shared'

import { asking } from '../../desk/asking'
import AdmissionList from './AdmissionList.vue'

const BUTTON = { props: ['disabled'], emits: ['click'], template: '<button :disabled="disabled" @click="$emit(\'click\')"><slot /></button>' }
let answers: Map<string, (response: Response) => void>
const found = (id: string, total: number) => new Response(JSON.stringify({ items: [{ id: `person of ${id}`, name: '王芳', document_number: '3202', state: 'new' }], next_cursor: null, search: { id, total } }))

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  answers = new Map()
  enterTenant('console', 'wuxi')
  signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: 'h', kind: 'handler', tenant: 'wuxi', roles: [], permissions: [], org_path: '' } })
  vi.stubGlobal('fetch', (path: string, init: RequestInit) =>
    path.includes('/admissions/search') ? new Promise((resolve) => answers.set(String(init.body), resolve)) : Promise.resolve(new Response('{"items": []}')))
})
afterEach(() => {
  asking.value = undefined
  vi.unstubAllGlobals()
})

it('acts on the search whose people are shown, whatever arrives late, and on none while another is asked for', async () => {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: AdmissionList }] })
  await router.push('/')
  const page = mount(AdmissionList, { global: { plugins: [router], stubs: { ElButton: BUTTON } } })
  await flushPromises()
  await router.replace({ query: { state: 'new' } })
  await flushPromises()
  const report = () => page.findAll('button').find((one) => one.text() === '上报查询结果' || one.text() === 'Report this search')!
  expect(report().attributes('disabled')).toBeDefined()
  answers.get('{"state":"new"}')?.(found('three', 3))
  await flushPromises()
  answers.get('{}')?.(found('everybody', 50_000))
  await flushPromises()
  expect(page.text()).toContain('3')
  await report().trigger('click')
  const sent: unknown[] = []
  vi.stubGlobal('fetch', async (_path: string, init: RequestInit) => {
    sent.push(JSON.parse(String(init.body)))
    return new Response('{}')
  })
  await asking.value?.work('key', {})
  expect(sent).toEqual([{ search_id: 'three' }])
  page.unmount()
})

it('shows whoever keyed a person what was keyed, in the list on demand and in the form of a correction', async () => {
  const values = { name: '王芳', document_number: '110105198709210339', mobile: '13911112222' }
  const sent: Record<string, unknown>[] = []
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    if (path.includes('/admissions/search')) return new Response(JSON.stringify({ items: [{ id: 'p', version: 2, name: '王*', document_kind: 'resident_id', document_number: '110***********0339', mobile: '139****2222', state: 'new' }], next_cursor: null, search: { id: 's', total: 1 } }))
    if (path.endsWith('/admissions/entered')) return new Response(JSON.stringify({ items: [{ id: 'p', values }] }))
    if (init.method === 'PUT') sent.push(JSON.parse(String(init.body)) as Record<string, unknown>)
    return new Response('{"items": []}')
  })
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: AdmissionList }] })
  await router.push('/')
  const page = mount(AdmissionList, { global: { plugins: [router], stubs: { ElButton: BUTTON } } })
  await flushPromises()
  const press = async (...names: string[]) => { await page.findAll('button').find((one) => names.includes(one.text()))!.trigger('click'); await flushPromises() }
  expect(page.text()).not.toContain('13911112222')
  await press('显示原内容', 'Show what was entered')
  expect(page.text()).toContain('110105198709210339')
  await press('隐藏原内容', 'Mask again')
  expect(page.text()).not.toContain('110105198709210339')
  await press('修改', 'Edit')
  const begun = Object.fromEntries((asking.value?.fields ?? []).map((field) => [field.name, field.value]))
  expect(begun).toMatchObject({ ...values, document_kind: 'resident_id' })
  expect(page.text()).not.toContain('110105198709210339')
  await asking.value?.work('key', { ...begun, document_number: '110105198709210338', mobile: '' })
  expect(sent).toEqual([expect.objectContaining({ name: '王芳', document_number: '110105198709210338', mobile: '' })])
  page.unmount()
})
