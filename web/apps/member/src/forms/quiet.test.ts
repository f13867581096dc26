import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { computed, defineComponent, reactive } from 'vue'

import { enterTenant, Problem, signedIn } from '@huzhu/shared'

import { useQuiet } from './quiet'

const account = { id: 'a', kind: 'member', tenant: 'bit', roles: [], permissions: [], org_path: '' }
beforeEach(() => {
  vi.useFakeTimers()
  enterTenant('member', 'bit')
  signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account })
})
afterEach(() => vi.useRealTimers())

it('sends again what was put right while the wrong value was being refused', async () => {
  const form = reactive<{ shares: string }>({ shares: '' })
  const sent: string[] = []
  let refuse: (problem: Problem) => void = () => undefined
  let quiet: ReturnType<typeof useQuiet> | undefined
  mount(defineComponent({
    setup() {
      quiet = useQuiet(computed(() => (form.shares ? [{ code: 'shares', stay: null, value: form.shares }] : [])), async (refused) => {
        if (refused.has('shares')) return
        sent.push(form.shares)
        if (form.shares === '9') await new Promise((_, reject) => { refuse = reject })
      })
      return () => null
    },
  }))
  form.shares = '9'
  await vi.advanceTimersByTimeAsync(2_000)
  form.shares = '2'
  await vi.advanceTimersByTimeAsync(500)
  refuse(new Problem(422, 'form.invalid', '表单填写有误', [{ field: 'shares', message: '不能大于 3。' }]))
  await vi.advanceTimersByTimeAsync(5_000)
  expect(sent).toEqual(['9', '2'])
  expect(quiet?.stuck.value).toBe(false)
})
