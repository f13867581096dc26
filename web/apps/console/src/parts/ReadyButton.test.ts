import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'

import { preferences } from '@huzhu/shared'

import { lacking } from '../desk/wording'
import ReadyButton from './ReadyButton.vue'

const ElButton = { template: '<button><slot /></button>' }
const button = (lacks?: string) => mount(ReadyButton, { props: { lacks }, attrs: { name: 'save' }, slots: { default: '保存' }, global: { components: { ElButton } } })

describe('a button that something is missing for', () => {
  beforeEach(() => { preferences.language = 'zh' })

  it('is pale and says what, where it is read together with it', () => {
    const one = button(lacking([true, '标题'], [false, '正文'], [true, '渠道']))
    const [pressed, said] = [one.get('button'), one.get('small')]
    expect(pressed.attributes()).toMatchObject({ disabled: '', name: 'save', 'aria-describedby': said.attributes('id') })
    expect(said.text()).toBe('还需填写：标题、渠道。')
  })

  it('is any other button once nothing is', () => {
    const one = button(lacking([false, '标题']))
    expect(one.find('small').exists()).toBe(false)
    expect(one.get('button').attributes('disabled')).toBeUndefined()
  })
})
