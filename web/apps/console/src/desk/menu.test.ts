import { beforeEach, expect, it } from 'vitest'

import { enterTenant, signedIn, tenant } from '@huzhu/shared'

import { leadsTo, menu } from './menu'

beforeEach(() => {
  localStorage.clear()
  enterTenant('console', 'wuxi')
  tenant.loaded = undefined
})

function orders(kind: 'handler' | 'staff', permissions: string[]): string | undefined {
  signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id: kind, kind, tenant: 'wuxi', roles: [], permissions, org_path: '' } })
  return menu().flatMap((group) => group.entries.map(leadsTo)).find((to) => to.startsWith('orders'))
}

it('brings who reviews orders to those that wait for them, and everybody else to all of theirs', () => {
  expect(orders('staff', ['enrollment.order.read', 'enrollment.order.review'])).toBe('orders?status=to_review')
  expect(orders('staff', ['enrollment.order.read'])).toBe('orders')
  expect(orders('handler', ['enrollment.order.read', 'enrollment.order.write'])).toBe('orders')
})
