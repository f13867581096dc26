import { expect, it } from 'vitest'
import { ref } from 'vue'

import { Problem } from '@huzhu/shared'

import { useFaults } from './faults'

it('puts each fault beside its field, and what no field shows into the note', () => {
  const problem = ref<Problem | undefined>(new Problem(422, 'request.invalid', '填写的内容有误', [{ field: 'on_behalf.name', message: '请填写姓名。' }, { field: 'kind', message: '请选择类型。' }]))
  const { at, rest } = useFaults(problem, () => ['name', 'relation'])
  expect([at('name'), at('relation')]).toEqual(['请填写姓名。', ''])
  expect(rest.value?.message).toBe('填写的内容有误')
  expect(rest.value?.faults.map((one) => one.field)).toEqual(['kind'])
  problem.value = undefined
  expect([at('name'), rest.value]).toEqual(['', undefined])
})
