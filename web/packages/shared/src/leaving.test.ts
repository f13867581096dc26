import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { useDraft } from './drafts'
import { signOut } from './leaving'
import { enterTenant, session, signedIn, type Tokens } from './session'

const account = { id: 'a', kind: 'member', tenant: 'wuxi', roles: [], permissions: [], org_path: '' }
const tokens = (n: number): Tokens => ({ access_token: `access${n}`, refresh_token: `refresh${n}`, expires_in: 900, account })

describe('signing out', () => {
  beforeEach(() => {
    localStorage.clear()
    enterTenant('member', 'wuxi')
    signedIn(tokens(1))
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('forgets at once on this device where the network swallows everything, and gives up telling', async () => {
    vi.useFakeTimers()
    let told: AbortSignal | null | undefined
    vi.stubGlobal('fetch', (_path: string, init: RequestInit) => {
      told = init.signal
      return new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))))
    })
    useDraft('form', { name: '' }).values.name = '王芳'
    const done = signOut()
    expect(session.state.tokens).toBeUndefined()
    expect(localStorage.getItem('huzhu.member.session.wuxi')).toBeNull()
    await done
    expect(useDraft('form', { name: '' }).values.name).toBe('')
    await vi.advanceTimersByTimeAsync(5000)
    expect(told?.aborted).toBe(true)
  })

  it('ends the session at the service, also with an access token that has run out', async () => {
    const asked: [string, string | null][] = []
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
      const as = new Headers(init.headers).get('Authorization')
      asked.push([path, as])
      if (path.endsWith('/refresh')) return new Response(JSON.stringify(tokens(2)))
      return new Response('{}', { status: as === 'Bearer access2' ? 200 : 401 })
    })
    await signOut()
    await vi.waitFor(() => expect(asked).toHaveLength(3))
    expect(asked).toEqual([['/api/identity/sessions/end', 'Bearer access1'], ['/api/identity/sessions/refresh', null], ['/api/identity/sessions/end', 'Bearer access2']])
    expect(session.state.tokens).toBeUndefined()
  })
})
