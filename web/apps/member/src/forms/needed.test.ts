import { mount } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import { defineComponent, reactive, ref } from 'vue'

import { makeI18n, preferences, Problem } from '@huzhu/shared'

import { en, zh } from '../messages'
import { useNeeded } from './needed'

beforeEach(() => { preferences.language = 'zh' })

it('says at each field what is needed before it is sent, and afterwards what was refused', () => {
  const typed = reactive({ relation: '', name: ' ', mobile: '' })
  const problem = ref<Problem>()
  let needed!: ReturnType<typeof useNeeded>
  const page = mount(defineComponent({ setup() { needed = useNeeded(typed, () => ({ relation: '关系', name: '姓名' }), problem, ['relation']); return () => null } }), { global: { plugins: [makeI18n(zh, en)] } })
  expect(needed.errorOf('name')).toBe('')
  expect(needed.ready()).toBe(false)
  expect([needed.errorOf('relation'), needed.errorOf('name'), needed.errorOf('mobile')]).toEqual(['请选择关系', '请填写姓名', ''])
  Object.assign(typed, { relation: 'child', name: '王芳' })
  expect(needed.ready()).toBe(true)
  problem.value = new Problem(422, 'x', 'x', [{ field: 'body.mobile', message: '手机号码不对' }])
  expect([needed.errorOf('name'), needed.errorOf('mobile')]).toEqual(['', '手机号码不对'])
  page.unmount()
})
