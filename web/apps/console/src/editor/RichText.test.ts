import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'

import RichText from './RichText.vue'

const opened: { unmount: () => void }[] = []
afterEach(() => opened.splice(0).forEach((one) => one.unmount()))

async function open(html: string) {
  const written: string[] = []
  const page = mount(RichText, { props: { modelValue: html, label: '正文', name: 'body', lang: 'zh-CN', 'onUpdate:modelValue': (one: string) => { written.push(one); void page.setProps({ modelValue: one }) } }, attachTo: document.body })
  opened.push(page)
  await flushPromises()
  const tool = async (name: string) => { await page.get(`button[name=${name}]`).trigger('click') }
  const last = () => written.at(-1)
  return { page, written, tool, last }
}

describe('the editor', () => {
  it('writes nothing by being looked at, whatever the tags were called', async () => {
    const { written } = await open('<p><b>旧</b></p>\n<p>二</p>')
    expect(written).toEqual([])
  })

  it('makes a heading, a list and a line, and takes them back to the very text that was there', async () => {
    const { tool, last } = await open('<p><b>旧</b></p>')
    await tool('h2')
    expect(last()).toBe('<h2><strong>旧</strong></h2>')
    await tool('paragraph')
    expect(last()).toBe('<p><b>旧</b></p>')
    await tool('bullets')
    expect(last()).toBe('<ul><li><strong>旧</strong></li></ul>')
    await tool('numbers')
    expect(last()).toBe('<ol><li><strong>旧</strong></li></ol>')
    await tool('undo')
    await tool('undo')
    expect(last()).toBe('<p><b>旧</b></p>')
  })

  it('says what it could not keep', async () => {
    expect((await open('<p>一</p>')).page.find('[role=alert]').exists()).toBe(false)
    expect((await open('<p>一<img src="https://example.org/a.png"></p>')).page.get('[role=alert]').text()).toMatch(/图片|pictures/)
  })

  it('takes another text when it is given one, and stays where the service has only cleaned', async () => {
    const { page, tool, last } = await open('<p>一</p>')
    await tool('h2')
    await page.setProps({ modelValue: '<h2>一</h2>\n' })
    await tool('undo')
    expect(last()).toBe('<p>一</p>')
    await page.setProps({ modelValue: '<p>同事的</p>' })
    expect(page.get('[role=textbox]').text()).toBe('同事的')
    expect(page.get('button[name=undo]').attributes('aria-disabled')).toBe('true')
  })

  it('is one stop of Tab at its tools, with arrows from one to the next', async () => {
    const { page } = await open('<p>一</p>')
    const stops = () => page.findAll('[role=toolbar] button').filter((one) => one.attributes('tabindex') === '0').map((one) => one.attributes('name'))
    expect(stops()).toEqual(['undo'])
    await page.get('button[name=undo]').trigger('keydown', { key: 'ArrowRight' })
    expect(stops()).toEqual(['redo'])
    await page.get('button[name=redo]').trigger('keydown', { key: 'End' })
    expect(stops()).toEqual(['plain'])
    await page.get('button[name=plain]').trigger('keydown', { key: 'ArrowRight' })
    expect(stops()).toEqual(['undo'])
  })
})
