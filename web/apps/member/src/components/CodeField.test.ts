import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { makeI18n, preferences } from '@huzhu/shared'

import { en, zh } from '../messages'
import CodeField from './CodeField.vue'

const BUTTON = { template: '<button class="send" @click="$emit(\'click\')"><slot /></button>', emits: ['click'] }
const FIELD = { props: ['name', 'modelValue'], template: '<div><input :name="name" :value="modelValue" @input="$emit(\'update:modelValue\', $event.target.value)"><slot name="button" /></div>', emits: ['update:modelValue'] }
let asked: string[] = []
beforeEach(() => {
  asked = []
  preferences.language = 'zh'
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path)
    return new Response(JSON.stringify(path.endsWith('/captchas') ? { captcha_id: 'c', content: '', media_type: 'image/png' } : { resend_seconds: 60, mobile: '138****0000' }))
  })
})
afterEach(() => vi.unstubAllGlobals())

it('names the picture code where it is empty, and keeps the picture; filled in, the message is asked for', async () => {
  const field = mount(CodeField, { props: { purpose: 'register', mobile: '13800000000', captcha: true, modelValue: '' }, global: { plugins: [makeI18n(zh, en)], components: { VanButton: BUTTON, VanField: FIELD } } })
  await flushPromises()
  await field.get('.send').trigger('click')
  await flushPromises()
  expect(field.text()).toContain('请先填写图形验证码')
  expect(asked).toEqual(['/api/identity/captchas'])
  await field.get('input[name=captcha]').setValue('ab12')
  await field.get('.send').trigger('click')
  await flushPromises()
  expect(field.text()).not.toContain('请先填写图形验证码')
  expect(asked).toContain('/api/identity/verification-codes')
  field.unmount()
})
