import { describe, expect, it } from 'vitest'

import { useOnce } from './once'
import { Problem } from './problem'

describe('an action that must not happen twice', () => {
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
