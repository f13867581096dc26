import { describe, expect, it } from 'vitest'
import { nextTick } from 'vue'

import { useOnce, useQueue } from './once'
import { Problem } from './problem'
import { signedIn, signedOut } from './session'

describe('an action that must not happen twice', () => {
  it('no longer says that the session has ended once somebody has signed in again', async () => {
    const { run, problem } = useOnce(async () => {
      throw new Problem(401, 'session.ended', '登录已失效')
    })
    signedOut(true)
    await run()
    expect(problem.value?.status).toBe(401)
    signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: 'a', kind: 'staff', tenant: 'wuxi', roles: [], permissions: [], org_path: '' } })
    await nextTick()
    expect(problem.value).toBeUndefined()
  })

  it('ignores a second tap while the first is running', async () => {
    let release: () => void = () => undefined
    const keys: string[] = []
    const { run } = useOnce(async (key: string) => {
      keys.push(key)
      await new Promise<void>((resolve) => (release = resolve))
    })
    const first = run()
    await run()
    release()
    await first
    expect(keys).toHaveLength(1)
  })

  it('keeps its key when the answer was lost, and takes a new one after a refusal', async () => {
    const keys: string[] = []
    let status = 0
    const { run, problem } = useOnce(async (key: string) => {
      keys.push(key)
      throw new Problem(status, 'x', 'x')
    })
    await run()
    status = 422
    await run()
    expect(problem.value?.status).toBe(422)
    await run()
    expect(keys[1]).toBe(keys[0])
    expect(keys[2]).not.toBe(keys[1])
  })

  it('takes a new key when something else is asked', async () => {
    const keys: string[] = []
    const { run } = useOnce(async (key: string, _text: string) => {
      keys.push(key)
      throw new Problem(0, 'network.away', 'x')
    })
    await run('one')
    await run('two')
    expect(keys[1]).not.toBe(keys[0])
  })
})

describe('work that may be asked again while it runs', () => {
  it('is done one after another, and a refusal stops nothing', async () => {
    const order: string[] = []
    const { run, problem, busy } = useQueue(async (_key: string, name: string) => {
      order.push(`${name} begins`)
      await Promise.resolve()
      if (name === 'b') throw new Problem(422, 'file.wrong', 'no')
      order.push(`${name} ends`)
      return name
    })
    const all = await Promise.all([run('a'), run('b'), run('c')])
    expect(all).toEqual(['a', undefined, 'c'])
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'c begins', 'c ends'])
    expect(problem.value?.code).toBe('file.wrong')
    expect(busy.value).toBe(false)
  })
})
