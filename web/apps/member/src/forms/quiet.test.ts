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
  expect(quiet?.faults.value).toEqual([])
})

/** A form of which the server takes no cost that is not a number. */
function quietly(form: Record<string, string>, away = () => false) {
  const sent: string[] = []
  let quiet: ReturnType<typeof useQuiet> | undefined
  const held = reactive<Record<string, string>>({})
  mount(defineComponent({
    setup() {
      const changes = computed(() => Object.entries(form).filter(([code, value]) => held[code] !== value).map(([code, value]) => ({ code, stay: null, value })))
      quiet = useQuiet(changes, async (refused) => {
        const now = changes.value.filter((one) => !refused.has(one.code))
        if (away() && now.length) throw new Problem(0, 'network.away', '网络不通')
        sent.push(now.map((one) => one.code).join())
        if (now.some((one) => one.value === 'abc')) throw new Problem(422, 'form.invalid', '有误', [{ field: 'cost', message: '请填写金额。' }])
        for (const one of now) held[one.code] = one.value
      })
      return () => null
    },
  }))
  return { sent, held, quiet: quiet as unknown as ReturnType<typeof useQuiet> }
}

it('says at the field what cannot be saved, also of what an earlier visit left, and saves the rest', async () => {
  const form = reactive<Record<string, string>>({ cost: 'abc', hospital: '一院' })
  const { sent, held, quiet } = quietly(form)
  await vi.advanceTimersByTimeAsync(3_000)
  expect(quiet.faults.value.map((one) => [one.field, one.message])).toEqual([['cost', '请填写金额。']])
  expect(held).toEqual({ hospital: '一院' })
  form.hospital = '二院'
  await vi.advanceTimersByTimeAsync(3_000)
  // The wrong one is not asked again, and says so still.
  expect(sent.at(-1)).toBe('hospital')
  expect(quiet.faults.value).toHaveLength(1)
  form.cost = '10'
  await vi.advanceTimersByTimeAsync(0)
  expect(quiet.faults.value).toEqual([])
  await vi.advanceTimersByTimeAsync(3_000)
  expect(held).toEqual({ cost: '10', hospital: '二院' })
})

it('says that the network is away only while it is', async () => {
  let out = true
  const { held, quiet } = quietly(reactive<Record<string, string>>({ hospital: '一院' }), () => out)
  await vi.advanceTimersByTimeAsync(3_000)
  expect([quiet.away.value, held]).toEqual([true, {}])
  out = false
  await vi.advanceTimersByTimeAsync(11_000)
  expect([quiet.away.value, held]).toEqual([false, { hospital: '一院' }])
})
