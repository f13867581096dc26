import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant, forgetDrafts, signedIn } from '@huzhu/shared'

import ContentEdit from './ContentEdit.vue'

// The editor has tests of its own; here a plain field stands in its place.
vi.mock('../../editor/RichText.vue', () => ({ default: { props: ['modelValue', 'name'], emits: ['update:modelValue'], template: '<textarea :name="name" :value="modelValue" @input="$emit(\'update:modelValue\', $event.target.value)" />' } }))

const BUTTON = { props: ['disabled'], emits: ['click'], template: '<button :disabled="disabled" @click="$emit(\'click\')"><slot /></button>' }

describe('an article that several people write', () => {
  let article: { version: number; title_zh: string; body_zh: string; [more: string]: unknown }
  let matched: (string | null)[]
  const opened: { unmount: () => void }[] = []

  beforeEach(async () => {
    localStorage.clear()
    enterTenant('console', 'wuxi')
    signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: 's', kind: 'staff', tenant: 'wuxi', roles: [], permissions: [], org_path: '' } })
    await forgetDrafts()
    matched = []
    article = { id: 'c', version: 1, state: 'draft', kind: 'announcement', category: null, title_zh: '通知', title_en: null, body_zh: '旧', body_en: null, audience: ['public'], cover_id: null, product: null }
    vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
      if (path.includes('/revisions')) return new Response('{"items":[]}')
      if (init.method === 'PUT') {
        const match = new Headers(init.headers).get('If-Match')
        matched.push(match)
        if (match !== `"${article.version}"`) return new Response('{"code":"newer","detail":"已被修改"}', { status: 412 })
        article = { ...article, ...(JSON.parse(String(init.body)) as object), version: article.version + 1 }
      }
      return new Response(JSON.stringify(article))
    })
  })
  afterEach(() => {
    opened.splice(0).forEach((one) => one.unmount())
    vi.unstubAllGlobals()
  })

  async function open() {
    const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: ContentEdit }, { path: '/:rest(.*)*', component: BUTTON }] })
    await router.push('/')
    const page = mount(ContentEdit, { props: { id: 'c' }, global: { plugins: [router], stubs: { ElButton: BUTTON } } })
    await flushPromises()
    opened.push(page)
    return page
  }
  const body = (page: Awaited<ReturnType<typeof open>>) => page.get<HTMLTextAreaElement>('textarea[name=body_zh]')
  const colleagueSaves = () => { article = { ...article, version: article.version + 1, body_zh: '同事的' } }
  const press = async (page: Awaited<ReturnType<typeof open>>, ...names: string[]) => {
    await page.findAll('button').find((one) => names.includes(one.text()))!.trigger('click')
    await flushPromises()
  }
  const save = async (page: Awaited<ReturnType<typeof open>>) => {
    await page.get('form').trigger('submit')
    await flushPromises()
  }

  it('is not brought back by having been looked at', async () => {
    ;(await open()).unmount()
    colleagueSaves()
    expect(body(await open()).element.value).toBe('同事的')
  })

  it('keeps what was written and not saved, on the version that it was begun on', async () => {
    const first = await open()
    await body(first).setValue('我的')
    first.unmount()
    const again = await open()
    expect(body(again).element.value).toBe('我的')
    await save(again)
    expect([article.body_zh, matched]).toEqual(['我的', ['"1"']])
    again.unmount()
    colleagueSaves()
    expect(body(await open()).element.value).toBe('同事的')
  })

  it('asks which counts where a colleague has saved meanwhile, and writes over nothing by itself', async () => {
    const first = await open()
    await body(first).setValue('我的')
    colleagueSaves()
    await save(first)
    expect(article.body_zh).toBe('同事的')
    expect(first.text()).toMatch(/已被他人修改|Somebody else/)
    await press(first, '以我的修改为准', 'Keep what I wrote')
    await save(first)
    expect([article.body_zh, matched]).toEqual(['我的', ['"1"', '"2"']])
  })

  it('can be taken as the colleague has it', async () => {
    const first = await open()
    await body(first).setValue('我的')
    first.unmount()
    colleagueSaves()
    const again = await open()
    await press(again, '放弃我的修改，使用最新内容', 'Take theirs, drop mine')
    expect(body(again).element.value).toBe('同事的')
    expect(again.find('[role=alert]').exists()).toBe(false)
  })
})
