// A list's filter: what may be seen is in the address, what names a person stays in the tab, for this address only.
import { createApp, defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { beforeEach, expect, test } from 'vitest'

import { useAddressFilter } from './address'

async function at(address: string) {
  let filter: ReturnType<typeof useAddressFilter> | undefined
  const List = defineComponent({ setup() { filter = useAddressFilter(['state'], ['number'], 'list'); return () => h('p') } })
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/list', component: List }] })
  await router.push(address)
  const app = createApp(defineComponent({ setup: () => () => h(List) })).use(router)
  app.mount(document.createElement('div'))
  return { filter: filter!, router, leave: () => app.unmount() }
}

beforeEach(() => sessionStorage.clear())

test('what names a person is not in the address, and survives a reload', async () => {
  const first = await at('/list?state=new')
  await first.filter.set({ state: 'new', number: '110105' })
  expect(first.router.currentRoute.value.fullPath).toBe('/list?state=new')
  first.leave()
  expect((await at('/list?state=new')).filter.values.value).toEqual({ state: 'new', number: '110105' })
})

test('a change of the open filter keeps what is typed beside it', async () => {
  const first = await at('/list')
  await first.filter.set({ number: '110105' })
  await first.filter.set({ state: 'new', number: '110105' })
  first.leave()
  expect((await at('/list?state=new')).filter.values.value).toEqual({ state: 'new', number: '110105' })
})

test('a link that asks for something else begins afresh', async () => {
  const first = await at('/list')
  await first.filter.set({ number: '110105' })
  first.leave()
  expect((await at('/list?state=returned')).filter.values.value).toEqual({ state: 'returned' })
})
