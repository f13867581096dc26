import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { Problem } from '@huzhu/shared'

import { ask, asking } from '../desk/asking'
import AskDialog from './AskDialog.vue'

const DIALOG = { template: '<div><slot /><slot name="footer" /></div>' }

describe('the dialog of the desk', () => {
  let page: ReturnType<typeof mount>
  let keys: string[]
  beforeEach(() => {
    keys = []
    page = mount(AskDialog, { global: { stubs: { ElDialog: DIALOG, ElButton: true } } })
  })
  afterEach(() => {
    asking.value = undefined
    page.unmount()
  })
  const act = async () => {
    await page.get('form').trigger('submit')
    await flushPromises()
  }
  const away = async (key: string) => {
    keys.push(key)
    throw new Problem(0, 'network.away', 'away')
  }

  it('tries the same again under the same key, and something else under another', async () => {
    ask({ title: ['撤回', 'Withdraw'], work: away })
    await page.vm.$nextTick()
    await act()
    await act()
    ask({ title: ['撤回', 'Withdraw'], work: away })
    await page.vm.$nextTick()
    await act()
    expect(keys[0]).toBe(keys[1])
    expect(keys[2]).not.toBe(keys[0])
  })

  it('stays open with what was typed where an earlier one ends only now', async () => {
    let end: () => void = () => undefined
    let finished = 0
    ask({ title: ['一', 'One'], work: () => new Promise<void>((resolve) => { end = resolve }), finished: () => { finished += 1 } })
    await page.vm.$nextTick()
    await act()
    ask({ title: ['二', 'Two'], fields: [{ name: 'reason', label: ['原因', 'Reason'] }], work: away })
    await page.vm.$nextTick()
    await page.get('input[name=reason]').setValue('材料不清')
    end()
    await flushPromises()
    expect(finished).toBe(1)
    expect((page.get('input[name=reason]').element as HTMLInputElement).value).toBe('材料不清')
  })
})
