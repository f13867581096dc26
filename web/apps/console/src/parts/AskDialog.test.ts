import { flushPromises, mount } from '@vue/test-utils'
import { ElDialog } from 'element-plus'
import { nextTick } from 'vue'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { enterTenant, forgetDrafts, preferences, Problem, signedIn } from '@huzhu/shared'

import { ask, type Asking, asking, sameWords, type Values } from '../desk/asking'
import AskDialog from './AskDialog.vue'

const DIALOG = { template: '<div><slot /><slot name="footer" /></div>' }
let page: ReturnType<typeof mount>
let keys: string[]
let sent: Values[]
const show = () => { page = mount(AskDialog, { global: { stubs: { ElDialog: DIALOG, ElButton: { template: '<button @click="$emit(\'click\')"><slot /></button>' } } } }) }
beforeEach(async () => {
  preferences.language = 'zh'
  enterTenant('console', 'wuxi')
  signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: 'a', kind: 'staff', tenant: 'wuxi', roles: [], permissions: [], org_path: '' } })
  await forgetDrafts()
  keys = []
  sent = []
  show()
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
const taken = async (_key: string, values: Values) => { sent.push(values) }
const REASON = { title: ['拒绝', 'Reject'], about: 'claim-1', fields: [{ name: 'opinion', label: ['原因', 'Reason'], type: 'long' }], work: taken } satisfies Asking
const opened = async (wanted: Asking) => { ask(wanted); await nextTick() }
const typedIn = (name: string) => (page.get(`[name=${name}]`).element as HTMLInputElement).value

describe('the dialog of the desk', () => {
  it('tries the same again under the same key, and something else under another', async () => {
    await opened({ title: ['撤回', 'Withdraw'], work: away })
    await act()
    await act()
    await opened({ title: ['撤回', 'Withdraw'], work: away })
    await act()
    expect(keys[0]).toBe(keys[1])
    expect(keys[2]).not.toBe(keys[0])
  })

  it('chooses nothing beforehand, and asks for a choice', async () => {
    await opened({ ...REASON, fields: [{ name: 'handler_id', label: ['交给', 'To'], type: 'select', options: [{ value: 'me', label: '本人' }, { value: 'b', label: '陆敏' }] }] })
    expect((page.get('[name=handler_id]').element as HTMLSelectElement).selectedOptions[0]?.text).toBe('请选择')
    await act()
    expect([sent, page.get('[role=alert]').text()]).toEqual([[], '请选择交给。'])
    await page.get('[name=handler_id]').setValue('b')
    await act()
    expect(sent).toEqual([{ handler_id: 'b' }])
  })

  it('says while somebody types that an answer is too short', async () => {
    await opened({ ...REASON, fields: [{ name: 'answer', label: ['给会员的答复', 'Answer'], type: 'long' }] })
    await page.get('[name=answer]').setValue('好')
    expect(page.get('[role=alert]').text()).toBe('至少写 2 个字。')
    await act()
    expect(sent).toEqual([])
    await page.get('[name=answer]').setValue('好的')
    expect(page.find('[role=alert]').exists()).toBe(false)
  })

  it('counts what is said with a decision as its limit comes near, says what is too much at the field, and cuts and sends nothing', async () => {
    await opened(REASON)
    await page.get('[name=opinion]').setValue('好'.repeat(399))
    expect(page.text()).not.toContain('/ 500')
    await page.get('[name=opinion]').setValue(`${'好'.repeat(449)}𠮷`)
    expect(page.text()).toContain('450 / 500')
    await page.get('[name=opinion]').setValue('好'.repeat(612))
    await act()
    expect([sent, page.get('[role=alert]').text(), typedIn('opinion').length]).toEqual([[], '最多 500 个字符，现有 612 个，请删减 112 个。', 612])
    await page.get('[name=opinion]').setValue('好'.repeat(500))
    await act()
    expect(sent).toHaveLength(1)
  })

  it('stays open with what was typed where an earlier one ends only now', async () => {
    let end: () => void = () => undefined
    let finished = 0
    await opened({ title: ['一', 'One'], work: () => new Promise<void>((resolve) => { end = resolve }), finished: () => { finished += 1 } })
    await act()
    await opened({ title: ['二', 'Two'], fields: [{ name: 'reason', label: ['原因', 'Reason'] }], work: away })
    await page.get('input[name=reason]').setValue('材料不清')
    end()
    await flushPromises()
    expect(finished).toBe(1)
    expect(typedIn('reason')).toBe('材料不清')
  })

  it('says at its field what is missing, and sends nothing', async () => {
    await opened({ ...REASON, fields: [...REASON.fields!, { name: 'way', label: ['方式', 'Way'], type: 'select', options: [{ value: 'a', label: 'A' }] }] })
    expect(page.text()).not.toContain('请填写')
    await page.get('textarea').setValue('  ')
    await act()
    expect(page.text()).toContain('请填写原因。')
    expect(page.text()).toContain('请选择方式。')
    expect(page.get('textarea').attributes('aria-invalid')).toBe('true')
    expect(sent).toEqual([])
    await page.get('textarea').setValue('不在保障范围')
    expect(page.text()).not.toContain('请填写原因。')
  })

  it('says that the words to be typed are not typed', async () => {
    await opened({ title: ['删除', 'Delete'], words: '删除', work: taken })
    await act()
    expect(page.text()).toContain('请输入“删除”，与上面完全相同。')
    expect(sent).toEqual([])
    await page.get('[name=words]').setValue('删除')
    await act()
    expect(sent).toHaveLength(1)
  })

  it('is sent by Ctrl+Enter, wherever the focus is', async () => {
    await opened({ title: ['同意', 'Agree'], work: taken })
    dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, cancelable: true }))
    await flushPromises()
    expect(sent).toHaveLength(1)
    expect(asking.value).toBeUndefined()
  })

  it('takes a sum as people write it, and no other', async () => {
    let done = 0
    ask({ title: ['复核放行', 'Release'], words: '154,966.98', work: async () => { done += 1 } })
    await page.vm.$nextTick()
    for (const wrong of ['154,966.89', '15496698', '']) {
      await page.get('input[name=words]').setValue(wrong)
      await act()
    }
    expect(done).toBe(0)
    await page.get('input[name=words]').setValue('１５４，９６６．９８ 元')
    await act()
    expect(done).toBe(1)
  })
})

describe('words before something final', () => {
  it.each([['154966.98', '154,966.98'], ['154,966.98', '154966.98'], ['¥5000', '5,000.00'], ['5,000.0', '5,000.00'], ['删除', '删除']])('%s is %s', (typed, asked) => {
    expect(sameWords(typed, asked)).toBe(true)
  })
  it.each([['删', '删除'], ['5000.001', '5,000.00'], ['05', '5x'], ['', '5,000.00']])('%s is not %s', (typed, asked) => {
    expect(sameWords(typed, asked)).toBe(false)
  })
})

describe('what was typed into a dialog', () => {
  const reload = async () => { asking.value = undefined; page.unmount(); show(); await nextTick() }

  it('is there again after a reload, at the same thing and for the same action only', async () => {
    await opened(REASON)
    await page.get('textarea').setValue('材料齐全')
    await reload()
    await opened({ ...REASON, about: 'claim-2' })
    expect(typedIn('opinion')).toBe('')
    await opened({ ...REASON, title: ['退回补正', 'Return'] })
    expect(typedIn('opinion')).toBe('')
    await opened(REASON)
    expect(typedIn('opinion')).toBe('材料齐全')
    expect(page.text()).toContain('已恢复')
    await page.get('.link').trigger('click')
    expect(typedIn('opinion')).toBe('')
    await reload()
    await opened(REASON)
    expect(typedIn('opinion')).toBe('')
  })

  it('is gone once it was sent or cancelled, not where it was refused or the dialog only closed', async () => {
    await opened({ ...REASON, work: away })
    await page.get('textarea').setValue('材料齐全')
    await act()
    asking.value = undefined
    await opened(REASON)
    expect(typedIn('opinion')).toBe('材料齐全')
    await act()
    expect(sent).toEqual([{ opinion: '材料齐全' }])
    await opened(REASON)
    expect(typedIn('opinion')).toBe('')
    await page.get('textarea').setValue('再写')
    await page.findAll('button').find((one) => one.text() === '取消')!.trigger('click')
    await opened(REASON)
    expect(typedIn('opinion')).toBe('')
  })

  it('changes only what was typed: what others wrote meanwhile stands, a password is nowhere', async () => {
    const edit = (name: string): Asking => ({ title: ['修改', 'Change'], about: 'b', work: taken, fields: [{ name: 'name', label: ['名称', 'Name'], value: name }, { name: 'note', label: ['备注', 'Note'], optional: true }, { name: 'secret', label: ['密码', 'Password'], type: 'password' }] })
    await opened(edit('旧名'))
    await page.get('[name=note]').setValue('备注')
    await page.get('[name=secret]').setValue('pass')
    await reload()
    await opened(edit('新名'))
    expect([typedIn('name'), typedIn('note'), typedIn('secret')]).toEqual(['新名', '备注', ''])
  })
})

it('has the focus in its first field before another key can be heard', async () => {
  page.unmount()
  page = mount(AskDialog, { attachTo: document.body, global: { components: { ElDialog }, stubs: { ElButton: true } } })
  ask({ ...REASON, fields: [{ name: 'missing', label: ['缺少', 'Missing'], type: 'checks', optional: true, options: [{ value: 'a', label: 'A' }] }, ...REASON.fields] })
  // Keys come as tasks of their own; this waits for nothing but what follows at once.
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve()
  expect(document.activeElement?.getAttribute('name')).toBe('opinion')
})
