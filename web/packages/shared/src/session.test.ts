import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { call } from './http'
import { enterTenant, refresh, session, signedIn, signedOut, type Tokens } from './session'

const account = { id: 'a', kind: 'member', tenant: 'wuxi', roles: [], permissions: [], org_path: '' }
const tokens = (n: number): Tokens => ({ access_token: `access${n}`, refresh_token: `refresh${n}`, expires_in: 900, account })
const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })

describe('a session whose access token has run out', () => {
  beforeEach(() => {
    localStorage.clear()
    enterTenant('member', 'wuxi')
    signedIn(tokens(1))
  })
  afterEach(() => vi.unstubAllGlobals())

  it('is renewed once for all requests that meet it', async () => {
    let renewed = 0
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
      if (path.endsWith('/refresh')) {
        renewed += 1
        return answer(200, tokens(2))
      }
      return new Headers(init.headers).get('Authorization') === 'Bearer access2' ? answer(200, { path }) : answer(401, {})
    })
    const both = await Promise.all([call<{ path: string }>('/api/a'), call<{ path: string }>('/api/b')])
    expect(both.map((one) => one.path)).toEqual(['/api/a', '/api/b'])
    expect(renewed).toBe(1)
  })

  it('ends when it cannot be renewed, and says so', async () => {
    vi.stubGlobal('fetch', async () => answer(401, { code: 'session.ended', detail: '登录已过期' }))
    await expect(call('/api/a')).rejects.toMatchObject({ code: 'session.ended', message: '登录已过期' })
    expect(session.state.tokens).toBeUndefined()
    expect(session.state.ended).toBe(true)
  })

  it('ends where somebody else has signed in beside it, whose session stays', async () => {
    const others = { ...tokens(7), account: { ...account, id: 'b' } }
    localStorage.setItem('huzhu.member.session.wuxi', JSON.stringify({ tokens: others, expiresAt: Date.now() + 900_000 }))
    vi.stubGlobal('fetch', async () => answer(401, { code: 'session.ended' }))
    await expect(call('/api/a')).rejects.toMatchObject({ status: 401 })
    expect(session.state.ended).toBe(true)
    expect(localStorage.getItem('huzhu.member.session.wuxi')).toContain('refresh7')
  })

  it('ends too when what this device keeps is no refresh token (422)', async () => {
    vi.stubGlobal('fetch', async (path: string) => (path.endsWith('/refresh') ? answer(422, { code: 'request.invalid' }) : answer(401, { code: 'session.ended' })))
    await expect(call('/api/a')).rejects.toMatchObject({ status: 401 })
    expect(session.state.ended).toBe(true)
  })

  describe('and a renewal that ends late', () => {
    let arrive: (response: Response) => void
    beforeEach(() => {
      vi.stubGlobal('fetch', (path: string) => (path.endsWith('/refresh') ? new Promise<Response>((resolve) => { arrive = resolve }) : Promise.resolve(answer(401, { code: 'session.ended' }))))
    })
    const keptOf = (union: string) => localStorage.getItem(`huzhu.member.session.${union}`) ?? ''

    it('brings nobody back who has signed out', async () => {
      const renewed = refresh()
      signedOut()
      arrive(answer(200, tokens(2)))
      expect(await renewed).toBe(false)
      expect([session.state.tokens, keptOf('wuxi')]).toEqual([undefined, ''])
    })

    it('does not end a session that was begun meanwhile', async () => {
      const renewed = refresh()
      signedIn(tokens(8))
      arrive(answer(401, {}))
      expect(await renewed).toBe(false)
      expect(session.state.tokens?.refresh_token).toBe('refresh8')
    })

    it('belongs to the union that it was asked for', async () => {
      const first = refresh()
      const wuxi = arrive
      enterTenant('member', 'beijing')
      signedIn(tokens(5))
      const second = refresh()
      wuxi(answer(200, tokens(2)))
      await first
      arrive(answer(200, tokens(6)))
      expect(await second).toBe(true)
      expect(session.state.tokens?.refresh_token).toBe('refresh6')
    })

    it('waits for whoever comes back to its union', async () => {
      const renewed = refresh()
      enterTenant('member', 'beijing')
      arrive(answer(200, tokens(2)))
      expect(await renewed).toBe(false)
      expect(session.state.tokens).toBeUndefined()
      expect(keptOf('beijing')).toBe('')
      enterTenant('member', 'wuxi')
      expect(session.state.tokens?.refresh_token).toBe('refresh2')
    })
  })
})
