import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { enterTenant, signedIn } from '@huzhu/shared'

import type { Entry } from './entries'
import { counter } from './sync'
import { deskWork, takeUp } from './work'

const field = (code: string, value: string | null, source: string | null, stay = 0) => ({ code, stay, value, source })
const claim = (status: string) => ({
  id: 'c', status, kind: 'accident', kind_title: '工伤', title: '工伤', person_name: '许**', created_at: '2026-03-01T08:00:00Z', reason: null,
  fields: [field('happened_on', '2026-02-01', 'typed'), field('bank_card', '6222****1', 'typed'), field('mobile', '138****0000', 'register'), field('account', null, null)],
  documents: [{ document_id: 'd', rule: 'id-card', title: '身份证', stay: 0 }],
})

describe('what the desk has not handed in', () => {
  let status = 'draft'
  beforeEach(() => {
    localStorage.clear()
    enterTenant('console', 'wuxi')
    signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: 'x', kind: 'staff', tenant: 'wuxi', roles: [], permissions: [], org_path: '/' } })
    vi.stubGlobal('fetch', async (path: string) => new Response(JSON.stringify(
      path.includes('/preview') ? { claim: claim(status), faults: [{ code: 'field.missing', field: 'account', message: '请填写事故经过。' }] }
        : { items: [{ id: 'here' }, { id: 'there' }], next_cursor: 'more' })))
  })
  afterEach(() => { counter.entries = []; vi.unstubAllGlobals() })

  it('is what stands among the entries of no colleague and of no other device', async () => {
    counter.entries = [{ id: 'here', state: 'incomplete' } as Entry, { id: 'there', state: 'done' } as Entry]
    expect(await deskWork()).toEqual({ items: [{ id: 'there' }], more: true })
  })

  it('is taken up with its values, papers and reasons; what is hidden or of the register is not sent back', async () => {
    const { entry, intake, open } = await takeUp('c')
    expect([open, entry.state, entry.faults?.[0]?.field]).toEqual([true, 'incomplete', 'account'])
    expect(entry.problem).toBeTruthy()
    expect(intake.values).toEqual({ happened_on: '2026-02-01' })
    expect(intake.base).toEqual(intake.values)
    expect(intake.held).toEqual(['bank_card'])
    expect(intake.papers.map((one) => [one.id, one.rule, one.handed])).toEqual([['d', 'id-card', true]])
  })

  it('is none of the desk any more once a colleague has handed it in', async () => {
    status = 'in_review'
    expect((await takeUp('c')).open).toBe(false)
  })
})
