import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'

import { enterTenant, openDrafts, preferences } from '@huzhu/shared'

import QuizEditor from './QuizEditor.vue'

const SAVED = { version: 3, pass_mark: 1, attempts: 1, seconds: 30, asked: 1, shuffled: true, questions: [{ words: '会费比例？', kind: 'single', options: ['0.5%', '1%'], right_options: [0], seconds: null, explanation: '' }] }

describe('the quiz of a campaign', () => {
  let saved: unknown
  const open = async (draft = true) => {
    // The page above holds `unsaved`, as the campaign's does.
    const page: VueWrapper = mount(QuizEditor, { props: { campaignId: 'c', draft, version: 3, unsaved: false, 'onUpdate:unsaved': (now: boolean) => void page.setProps({ unsaved: now }) } })
    await flushPromises()
    return page
  }
  const press = async (page: Awaited<ReturnType<typeof open>>, name: string) => page.findAll('button, el-button').find((one) => one.text() === name)!.trigger('click')
  const unsaved = (page: Awaited<ReturnType<typeof open>>) => page.emitted('update:unsaved')?.at(-1)?.[0] ?? false

  beforeEach(async () => {
    localStorage.clear()
    preferences.language = 'zh'
    enterTenant('console', 'wuxi')
    await openDrafts()
    saved = undefined
    vi.stubGlobal('fetch', async (_path: string, init?: RequestInit) => {
      if (init?.method === 'PUT') { saved = { ...JSON.parse(init.body as string), version: 4 }; return new Response(JSON.stringify(saved)) }
      return saved ? new Response(JSON.stringify(saved)) : new Response('{}', { status: 404 })
    })
  })
  afterEach(() => vi.unstubAllGlobals())

  it('keeps what was typed over a reload, says so, and forgets it once it is saved', async () => {
    const first = await open()
    await press(first, '添加答题')
    await first.get('[name=words-0]').setValue('会费比例？')
    await first.get('[name=options-0]').setValue('0.5%\n1%')
    await nextTick()
    expect(unsaved(first)).toBe(true)
    first.unmount()

    const again = await open()
    expect((again.get('[name=words-0]').element as HTMLTextAreaElement).value).toBe('会费比例？')
    expect(again.get('p.small').text()).toContain('上次填写的内容已恢复')
    expect(unsaved(again)).toBe(true)
    await again.get('form').trigger('submit')
    await vi.waitFor(() => expect(saved).toBeTruthy())
    await vi.waitFor(() => expect(unsaved(again)).toBe(false))
    again.unmount()

    saved = SAVED
    const third = await open()
    expect(third.text()).not.toContain('没有保存')
    third.unmount()
  })

  it('of a campaign that is published is the one that is saved', async () => {
    const first = await open()
    await press(first, '添加答题')
    await first.get('[name=words-0]').setValue('旧的')
    first.unmount()
    saved = SAVED
    const page = await open(false)
    expect(unsaved(page)).toBe(false)
    await press(page, '展开')
    expect((page.get('[name=words-0]').element as HTMLTextAreaElement).value).toBe('会费比例？')
  })
})
