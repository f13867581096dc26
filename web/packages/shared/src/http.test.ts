import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { call, fetchFile, whenConfirmationNeeded } from './http'
import { enterTenant, refresh, session, signedIn, type Tokens } from './session'

const account = { id: 'a', kind: 'member', tenant: 'wuxi', roles: [], permissions: [], org_path: '' }
const tokens = (n: number): Tokens => ({ access_token: `access${n}`, refresh_token: `refresh${n}`, expires_in: 900, account })
const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })
const needed = () => answer(403, { code: 'auth.confirmation_needed', detail: '请先确认' })

describe('an action that needs a confirmation that it is oneself', () => {
  let keys: (string | null)[]
  let confirmed: boolean
  beforeEach(() => {
    localStorage.clear()
    enterTenant('member', 'wuxi')
    signedIn(tokens(1))
    keys = []
    confirmed = false
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
      if (path.endsWith('/refresh')) return answer(200, tokens(2))
      const headers = new Headers(init.headers)
      keys.push(headers.get('Idempotency-Key'))
      return confirmed && headers.get('Authorization') === 'Bearer access2' ? answer(201, { id: 'card' }) : needed()
    })
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    whenConfirmationNeeded(undefined)
  })
  const add = () => call<{ id: string }>('/api/identity/members/me/bank-cards', { method: 'POST', json: {}, once: 'k' })

  it('goes on under the same key once it is given', async () => {
    whenConfirmationNeeded(async () => {
      confirmed = true
      return refresh()
    })
    expect(await add()).toEqual({ id: 'card' })
    expect(keys).toEqual(['k', 'k'])
    expect(session.state.tokens?.access_token).toBe('access2')
  })

  it('is refused in words when the person leaves it, or nobody can ask', async () => {
    whenConfirmationNeeded(async () => false)
    await expect(add()).rejects.toMatchObject({ code: 'auth.confirmation_needed', message: '请先确认' })
    whenConfirmationNeeded(undefined)
    await expect(add()).rejects.toMatchObject({ status: 403 })
    expect(keys).toEqual(['k', 'k'])
  })

  it('asks once: what is refused again is said, not asked for ever', async () => {
    let asked = 0
    whenConfirmationNeeded(async () => {
      asked += 1
      return true
    })
    await expect(add()).rejects.toMatchObject({ code: 'auth.confirmation_needed' })
    expect(asked).toBe(1)
  })
})

describe('an answer that does not arrive whole', () => {
  beforeEach(() => enterTenant('member', 'wuxi'))
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
  const broken = (status: number) => new Response(new ReadableStream({ pull: (body) => body.error(new TypeError('network')) }), { status })

  it.each([
    ['whose network goes away in the middle', () => broken(200)],
    ['of a network that wants a sign-in of its own', () => new Response('<html>免费上网</html>', { status: 200 })],
    ['that refuses in words which are lost', () => broken(422)],
  ])('%s is a network that is away', async (_what, response) => {
    vi.stubGlobal('fetch', async () => response())
    await expect(call('/api/a')).rejects.toMatchObject({ status: 0, code: 'network.away', passing: true })
  })

  it('is no file either', async () => {
    vi.stubGlobal('fetch', async () => broken(200))
    await expect(fetchFile('/api/a.pdf')).rejects.toMatchObject({ code: 'network.away' })
  })

  it('is waited for a minute, except for a file that is sent', async () => {
    vi.useFakeTimers()
    const signals: (AbortSignal | null | undefined)[] = []
    vi.stubGlobal('fetch', (_path: string, init: RequestInit) => {
      signals.push(init.signal)
      return new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))))
    })
    const refused = expect(call('/api/a', { method: 'POST', json: {} })).rejects.toMatchObject({ code: 'network.away' })
    await vi.advanceTimersByTimeAsync(60_000)
    await refused
    void call('/api/b', { method: 'POST', body: 'x' })
    expect(signals.map((one) => one?.aborted ?? false)).toEqual([true, false])
  })
})
