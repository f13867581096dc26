import { beforeEach, expect, it, vi } from 'vitest'

import { enterTenant, signedIn } from '@huzhu/shared'

import { consentDue } from './consent'

const sign = (id: string) => signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id, kind: 'member', tenant: 'wuxi', roles: [], permissions: [], org_path: '' } })
let due: boolean | undefined
let asked = 0
beforeEach(() => {
  localStorage.clear()
  enterTenant('member', 'wuxi')
  asked = 0
  vi.stubGlobal('fetch', async () => {
    asked += 1
    if (due === undefined) throw new TypeError('away')
    return new Response(JSON.stringify({ consent_due: due }))
  })
})

it('is asked for until it was given, of each member, and then no more', async () => {
  sign('m1')
  due = true
  expect(await consentDue()).toBe(true)
  due = false
  expect(await consentDue()).toBe(false)
  expect(await consentDue()).toBe(false)
  expect(asked).toBe(2)
  sign('m2')
  due = true
  expect(await consentDue()).toBe(true)
})
it('keeps nobody out while the network is away', async () => {
  sign('m3')
  due = undefined
  expect(await consentDue()).toBe(false)
})
