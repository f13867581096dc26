import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { enterTenant } from '@huzhu/shared'

import { aboutOf, pageOf } from './about'

const NUMBER = '2026013100000042'
let claims: { id: string; status: string }[] = []
const asked: string[] = []

beforeEach(() => {
  enterTenant('member', 'wuxi')
  claims = [{ id: 'c', status: 'returned' }]
  asked.length = 0
  vi.stubGlobal('fetch', async (path: string) => { asked.push(path); return new Response(JSON.stringify({ items: claims })) })
})
afterEach(() => vi.unstubAllGlobals())

it.each([
  ['claims.claim_returned', 'returned', '/claims/c/fill'],
  ['claims.claim_returned', 'in_review', '/claims/c'],
  ['claims.payout_failed', 'payment_failed', '/claims/c'],
  ['claims.claim_approved', 'approved', '/claims/c'],
])('leads %s of a claim that is %s to %s', async (template, status, page) => {
  claims = [{ id: 'c', status }]
  expect(await pageOf(aboutOf({ template, text: `您的理赔${NUMBER}有新进展。` })!)).toBe(page)
  expect(asked[0]).toContain(`number=${NUMBER}`)
})

it('leads to the claim that waits for papers and has no number yet', async () => {
  claims = [{ id: 'c', status: 'to_upload' }]
  expect(await pageOf(aboutOf({ template: 'claims.claim_invited', text: '请上传材料。' })!)).toBe('/claims/c/fill')
  expect(asked).toEqual(['/api/claims/claims?status=to_upload&limit=2'])
})

it('leads to the list where no claim is named, or it is not there any more', async () => {
  claims = [{ id: 'c', status: 'to_upload' }, { id: 'd', status: 'to_upload' }]
  expect(await pageOf(aboutOf({ template: 'claims.claim_invited', text: '请上传材料。' })!)).toBe('/claims')
  claims = []
  expect(await pageOf(aboutOf({ template: 'claims.claim_returned', text: NUMBER })!)).toBe('/claims')
})

it.each([['enrollment.application_returned', '/join'], ['enrollment.member_covered', '/cover'], ['activities.reward_issued', '/rewards'], ['activities.booking_confirmed', '/activities'], ['claims.refund_failed', '/me/cards']])(
  'leads %s to %s', (template, path) => expect(aboutOf({ template, text: '6228480000000000' })?.path).toBe(path),
)

it.each(['notify.bulk_message', 'identity.sms_code'])('leads %s nowhere', (template) => expect(aboutOf({ template, text: '' })).toBeUndefined())
