import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'

import { enterTenant, makeI18n } from '@huzhu/shared'

import { en, zh } from './messages'
import { useOnFile } from './onfile'

interface Address { id: string; version: number; detail: string }
let there: Address[]
let asked: string[]
let loses = false
let withheld: (() => void) | undefined

beforeEach(() => {
  enterTenant('member', 'wuxi')
  there = [{ id: 'a', version: 3, detail: '旧' }]
  asked = []
  loses = false
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    asked.push(`${init.method ?? 'GET'} ${path.split('/').at(-1)}`)
    if (!init.method && !withheld) await new Promise<void>((resolve) => { withheld = resolve })
    const one = there.find((item) => path.endsWith(`/${item.id}`))
    if (init.method && !one) return new Response('{}', { status: 404 })
    if (one && new Headers(init.headers).get('If-Match') !== `"${one.version}"`) return new Response('{}', { status: 412 })
    if (init.method === 'PUT' && one) Object.assign(one, JSON.parse(String(init.body)), { version: one.version + 1 })
    if (init.method === 'DELETE') there = []
    if (loses && init.method) throw new TypeError('network')
    return init.method === 'DELETE' ? new Response(null, { status: 204 }) : new Response(JSON.stringify(one ?? { items: there }))
  })
})
afterEach(() => {
  withheld = undefined
  vi.unstubAllGlobals()
})

function opened() {
  let list!: ReturnType<typeof useOnFile<Address>>
  mount(defineComponent({ setup() { list = useOnFile<Address>('addresses'); return () => null } }), { global: { plugins: [makeI18n(zh, en)] } })
  return list
}

it('changes the entry that is edited, although the list is not there yet', async () => {
  const list = opened()
  expect(await list.changing.run('a', { detail: '新' })).toBe(true)
  expect(there).toEqual([{ id: 'a', version: 4, detail: '新' }])
  expect(asked).not.toContain('POST addresses')
})

it('changes and removes it after the answer to an earlier try was lost', async () => {
  const list = opened()
  await flushPromises()
  withheld?.()
  await flushPromises()
  loses = true
  await list.changing.run('a', { detail: '新' })
  expect(list.fault.value?.status).toBe(0)
  loses = false
  expect(await list.changing.run('a', { detail: '新' })).toBe(true)
  loses = true
  await list.removing.run(there[0]!)
  loses = false
  await list.removing.run({ id: 'a', version: 4 })
  expect([there, list.fault.value]).toEqual([[], undefined])
})

it('says so where it was deleted somewhere else', async () => {
  const list = opened()
  there = []
  await list.changing.run('a', { detail: '新' })
  expect(list.fault.value?.message).toMatch(/别处删除|somewhere else/)
})
