import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'

import { useLooking } from './looking'
import { type Task, useTask } from './task'

function on<T>(setup: () => T): { made: T; leave: () => void } {
  let made!: T
  const page = mount(defineComponent({ setup() { made = setup(); return () => null } }))
  return { made, leave: () => page.unmount() }
}

describe('looking again', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('ends with the page, also where a look was under way when it was left', async () => {
    let looks = 0
    let end: (pause: number) => void = () => undefined
    const { made, leave } = on(() => useLooking(() => { looks += 1; return new Promise<number>((resolve) => { end = resolve }) }))
    void made.begin()
    leave()
    end(10)
    await vi.advanceTimersByTimeAsync(100)
    void made.begin()
    expect(looks).toBe(1)
  })

  it('is one at a time, and over when it has seen enough', async () => {
    const pauses = [10, 10, undefined]
    let looks = 0
    const { made, leave } = on(() => useLooking(async () => { looks += 1; return pauses.shift() }))
    await made.begin()
    await made.begin()
    await vi.advanceTimersByTimeAsync(100)
    expect(looks).toBe(3)
    leave()
  })

  it('of a task goes on after a network that was away, and says what cannot be cancelled or fetched', async () => {
    const task: Task = { id: 't', title: '导出', kind: 'x', state: 'running', total: 2, done: 1, counts: {} }
    let away = true
    vi.stubGlobal('fetch', async (path: string) => {
      if (path.endsWith('/cancel')) return new Response('{"code":"task.over","detail":"已经完成，不能取消"}', { status: 409 })
      if (path.endsWith('/result')) throw new TypeError('network')
      if (away) throw new TypeError('network')
      return new Response(JSON.stringify({ ...task, state: 'done', has_result: true }))
    })
    const { made, leave } = on(() => useTask('claims'))
    made.follow(task)
    await vi.advanceTimersByTimeAsync(300)
    expect(made.problem.value?.passing).toBe(true)
    await made.cancel()
    away = false
    await vi.advanceTimersByTimeAsync(5000)
    expect(made.over.value).toBe(true)
    expect(made.problem.value?.message).toBe('已经完成，不能取消')
    await made.result()
    await flushPromises()
    expect(made.fetching.value).toBe(false)
    leave()
  })
})
