import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { watchEffect } from 'vue'

import { enterTenant, signedIn } from '@huzhu/shared'

import { colleague } from './colleagues'

const ID = '0190a0b0-1111-7000-8000-000000000001'
const signIn = (id: string, kind: string) => { enterTenant('console', 'wuxi'); signedIn({ access_token: id, refresh_token: id, expires_in: 900, account: { id, kind, tenant: 'wuxi', roles: [], permissions: [], org_path: '' } }) }
let asked: string[]
beforeEach(() => {
  asked = []
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(decodeURIComponent(String(path)))
    return new Response(JSON.stringify([{ id: ID, user_name: 'caiwu1', name: '马财' }]), { headers: { 'content-type': 'application/json' } })
  })
})
afterEach(() => { vi.unstubAllGlobals() })

it('names colleagues in full once they are known, all of a page in one question', async () => {
  signIn('a', 'staff')
  let shown: string[] = []
  const stop = watchEffect(() => { shown = [colleague(ID, '马*'), colleague('caiwu1'), colleague('nobody'), colleague(null, '—')] })
  expect(shown).toEqual(['马*', 'caiwu1', 'nobody', '—'])
  await flushPromises()
  expect(shown).toEqual(['马财', '马财', 'nobody', '—'])
  colleague('nobody')
  await flushPromises()
  expect(asked).toHaveLength(1)
  expect(asked[0]).toContain(`/api/identity/staff/colleagues?account=${ID}&user_name=caiwu1&user_name=nobody`)
  stop()
})

it('asks nothing for a handler of a unit, and nothing of one account is told to the next', async () => {
  signIn('b', 'handler')
  expect(colleague(ID, '马*')).toBe('马*')
  signIn('c', 'staff')
  expect(colleague('caiwu1')).toBe('caiwu1')
  await flushPromises()
  expect(asked).toHaveLength(1)
})
