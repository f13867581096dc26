import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant, Problem } from '@huzhu/shared'

import { keyName, offered, pressed } from '../desk/keys'
import ListPage from './ListPage.vue'

interface Row { id: string; version: number }
const BUTTON = { props: ['disabled'], emits: ['click'], template: '<button :disabled="disabled" @click="$emit(\'click\')"><slot /></button>' }
const pages: Record<string, { items: Row[]; next_cursor: string | null }> = {
  '': { items: [{ id: 'a', version: 1 }, { id: 'b', version: 2 }], next_cursor: 'next' },
  next: { items: [{ id: 'c', version: 3 }], next_cursor: null },
}
let picked: [string[], Row[]]
let page: ReturnType<typeof mount>

beforeEach(async () => {
  addEventListener('keydown', pressed)
  enterTenant('console', 'wuxi')
  picked = [[], []]
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: BUTTON }] })
  await router.push('/')
  page = mount(ListPage<Row>, {
    attachTo: document.body,
    props: {
      columns: [{ name: 'id', title: ['编号', 'Id'], text: (one: Row) => one.id, to: (one: Row) => `/claims/${one.id}` }], arrows: true, selectable: true,
      load: async (_filter: object, query: string) => pages[new URLSearchParams(query).get('cursor') ?? '']!, rowKey: (one: Row) => one.id,
      onSelect: (ids: string[], rows: Row[]) => { picked = [ids, rows] },
    },
    global: { plugins: [router], stubs: { ElButton: BUTTON } },
  })
  await flushPromises()
})
afterEach(() => {
  removeEventListener('keydown', pressed)
  page.unmount()
})

const press = (key: string) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
const tick = (nth: number) => page.findAll('tbody input[type=checkbox]')[nth]!.trigger('change')

it('goes to its rows by the arrows as soon as it is there', () => {
  press('ArrowDown')
  expect(document.activeElement?.closest('tr')?.textContent).toContain('a')
  press('ArrowDown')
  expect(document.activeElement?.closest('tr')?.textContent).toContain('b')
  press('ArrowUp')
  expect(document.activeElement?.closest('tr')?.textContent).toContain('a')
})

it('lists every key of the list, by what stands on it, wherever the focus is', () => {
  const button = document.body.appendChild(document.createElement('button'))
  button.focus()
  expect(offered().map((one) => keyName(one.key)).slice(0, 5).map((name) => name.replace('回车', 'Enter'))).toEqual(['J', 'K', '↓', '↑', 'Enter'])
  press('Enter')
  expect(document.activeElement).toBe(button)
  button.remove()
})

it('keeps what is ticked when a page is turned, with the rows as they were shown', async () => {
  await tick(1)
  await page.findAll('button').find((one) => ['下一页', 'Next'].includes(one.text()))!.trigger('click')
  await flushPromises()
  await tick(0)
  expect(picked).toEqual([['b', 'c'], [{ id: 'b', version: 2 }, { id: 'c', version: 3 }]])
  expect(page.text()).toMatch(/已选 2 项|2 ticked/)
  await page.get('thead input').trigger('change')
  expect(picked[0]).toEqual(['b'])
  await page.findAll('button').find((one) => ['取消选择', 'Untick'].includes(one.text()))!.trigger('click')
  expect(picked[0]).toEqual([])
})

it('cuts a very long text in every list, so that no row fills the screen', async () => {
  const written = pages['']!.items
  pages['']!.items = [{ id: '不符合条款约定'.repeat(80), version: 1 }]
  await page.setProps({ columns: [{ name: 'reason', title: ['原因', 'Reason'], text: (one: Row) => one.id }] })
  await (page.vm as unknown as { first: () => Promise<void> }).first()
  await flushPromises()
  expect(page.find('.cut').attributes('title')).toHaveLength(560)
  pages['']!.items = written
})

it('shows nothing of the search before under one that was refused, and what is there while the network is away', async () => {
  let problem: Problem | undefined
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: BUTTON }] })
  const list = mount(ListPage<Row>, {
    props: { columns: [{ name: 'id', title: ['编号', 'Id'], text: (one: Row) => one.id }], load: async () => { if (problem) throw problem; return pages['']! }, rowKey: (one: Row) => one.id },
    global: { plugins: [router], stubs: { ElButton: BUTTON } },
  })
  await flushPromises()
  const after = async (next: Problem) => {
    problem = next
    await (list.vm as unknown as { reload: () => Promise<void> }).reload()
    return list.text()
  }
  expect(list.findAll('tbody tr')).toHaveLength(2)
  expect(await after(new Problem(0, 'network.away', '连不上'))).toContain('连不上')
  expect([list.findAll('tbody tr').length, list.find('nav.pages').exists()]).toEqual([2, true])
  expect(await after(new Problem(422, 'search.span_reversed', '起始日期晚于截止日期'))).toContain('起始日期晚于截止日期')
  expect([list.findAll('tbody tr').length, list.find('nav.pages').exists()]).toEqual([0, false])
  list.unmount()
})
