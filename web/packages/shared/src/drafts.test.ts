import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { defineComponent } from 'vue'

import { forgetDrafts, openDrafts, useDraft } from './drafts'
import { enterTenant, signedIn, signedOut } from './session'

const account = (id: string) => ({ id, kind: 'member', tenant: 'wuxi', roles: [], permissions: [], org_path: '' })
const signIn = (id: string) =>
  signedIn({ access_token: id, refresh_token: id, expires_in: 900, account: account(id) })

function opened() {
  let draft!: ReturnType<typeof useDraft<{ name: string }>>
  const page = mount(
    defineComponent({
      setup() {
        draft = useDraft('form', { name: '' })
        return () => null
      },
    }),
  )
  return { draft, page }
}

describe('what was typed', () => {
  beforeEach(async () => {
    localStorage.clear()
    enterTenant('member', 'wuxi')
    signIn('a')
    await forgetDrafts()
  })

  it('lies nowhere in the open', () => {
    opened().draft.values.name = '王芳'
    expect(JSON.stringify({ ...localStorage })).not.toContain('王芳')
  })

  it('that an earlier version kept in the open is taken over and gone from there', async () => {
    localStorage.setItem('huzhu.drafts', JSON.stringify(['draft.wuxi.form', 'draft.wuxi.other']))
    localStorage.setItem('huzhu.draft.wuxi.form', JSON.stringify({ owner: 'a', at: Date.now(), value: { name: '王芳' } }))
    localStorage.setItem('huzhu.draft.wuxi.other', JSON.stringify({ owner: 'b', at: Date.now(), value: { name: '李强' } }))
    await openDrafts()
    expect(opened().draft.values.name).toBe('王芳')
    expect(JSON.stringify({ ...localStorage })).not.toMatch(/王芳|李强/)
  })


  it('is there again after the page was left, also when the session ended meanwhile', () => {
    const first = opened()
    first.draft.values.name = '王芳'
    signedOut(true)
    first.page.unmount()
    signIn('a')
    expect(opened().draft.values.name).toBe('王芳')
  })

  it('is there again after a reload in the middle of a word', () => {
    opened().draft.values.name = '王'
    expect(opened().draft.values.name).toBe('王')
  })

  it('of one person does not become what another types who signed in meanwhile', () => {
    const first = opened()
    first.draft.values.name = '王芳'
    signedOut(true)
    signIn('b')
    first.draft.values.name = '王芳芳'
    first.page.unmount()
    expect(opened().draft.values.name).toBe('')
    signIn('a')
    expect(opened().draft.values.name).toBe('王芳')
  })

  it('by nobody in particular is there after a reload, and gone once somebody has signed in', async () => {
    signedOut()
    await openDrafts()
    const first = opened()
    first.draft.values.name = '王芳'
    first.page.unmount()
    expect(opened().draft.values.name).toBe('王芳')
    signIn('a')
    await openDrafts()
    expect(opened().draft.values.name).toBe('')
    signedOut()
    await openDrafts()
    expect(opened().draft.values.name).toBe('')
  })

  it('on an open page goes with whoever signs in on it', async () => {
    signedOut()
    await openDrafts()
    const page = opened()
    signIn('a')
    await openDrafts()
    page.draft.values.name = '王芳'
    page.page.unmount()
    expect(opened().draft.values.name).toBe('王芳')
  })

  it('is not shown to another person, nor after sign-out, nor once sent', async () => {
    const first = opened()
    first.draft.values.name = '王芳'
    first.page.unmount()
    signIn('b')
    expect(opened().draft.values.name).toBe('')
    const second = opened()
    second.draft.values.name = '李强'
    second.page.unmount()
    await forgetDrafts()
    expect(opened().draft.values.name).toBe('')
    const third = opened()
    third.draft.values.name = '赵敏'
    third.draft.done()
    third.page.unmount()
    expect(opened().draft.values.name).toBe('')
  })

  it('is waited for by everybody who comes while it is being opened', async () => {
    const first = openDrafts()
    expect(openDrafts()).toBe(first)
    await first
    signIn('b')
    expect(openDrafts()).not.toBe(first)
  })
})
