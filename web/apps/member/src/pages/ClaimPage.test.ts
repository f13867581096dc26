import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { enterTenant, makeI18n, preferences } from '@huzhu/shared'

import { en, zh } from '../messages'
import ClaimPage from './ClaimPage.vue'

afterEach(() => vi.unstubAllGlobals())

const PAPER = { document_id: 'd', rule: 'receipt', title: '住院收费票据', stay: 1, type: null, state: 'recognized', failed_checks: [], failed_check_texts: [], added_at: '2026-11-29T02:00:00Z', later: false }
const begun = vi.fn()
const AppealBox = { template: '<p />', setup: (_: object, { expose }: { expose: (what: object) => void }) => expose({ ways: ['appeal', 'complaint'], begin: begun }) }
async function shown(status: string, amount: string, more: object = {}): Promise<string> {
  const claim = {
    id: 'c', status, amount, title: '住院', submitted_at: '2026-11-29T02:00:00Z', fields: [], documents: [PAPER], payee: { kind: 'insured' }, missing: [], timeline: [], not_paid: [], payout: null,
    explanation: [{ benefit: 'b', rule: 'r', text: '住院补助', inputs: {}, amount: '15000.00' }], ...more,
  }
  vi.stubGlobal('fetch', async (path: string) => new Response(JSON.stringify(path.endsWith('/claims/c') ? claim : path.endsWith('/documents') ? [{ document_id: 'd', link: 'signed' }] : { items: [] })))
  preferences.language = 'zh'
  enterTenant('member', 'wuxi')
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:union/claims/:id', component: ClaimPage }, { path: '/:rest(.*)*', component: { template: '<p />' } }] })
  await router.push('/wuxi/claims/c')
  const page = mount(ClaimPage, { global: { plugins: [router, makeI18n(zh, en)], components: { VanButton: { template: '<button><slot /></button>' }, VanField: { template: '<p />' }, VanForm: { template: '<form><slot /></form>' } }, stubs: { AppealBox, ConfirmButton: true, FeedbackBox: true, PageFrame: { template: '<div><slot /></div>' } } } })
  await flushPromises()
  const text = page.text()
  expect(page.find('.thumbs img').attributes('src'), 'the papers handed in').toContain('/documents/d/thumbnail?link=signed')
  expect(text).toContain('住院收费票据')
  const way = page.find('section.card').find('button.link')
  if (way.exists()) await way.trigger('click')
  page.unmount()
  return text
}

it('calls an amount before the decision an estimate, and a granted one what it is', async () => {
  const before = await shown('in_review', '15000.00')
  expect(before).toContain('预计金额')
  expect(before).not.toContain('待遇是怎样算的')
  const after = await shown('approved', '15000.00')
  expect(after).toContain('待遇是怎样算的')
  expect(after).not.toContain('预计')
})

it('shows no amount of a refused application as though it were coming', async () => {
  expect(await shown('rejected', '0.00')).not.toContain('15,000.00')
})

it('says beside the refusal until when it can be appealed against, and leads there', async () => {
  const refused = await shown('rejected', '0.00', { appeal_until: '2027-01-28' })
  expect(refused).toContain('2027-01-28 前可以申诉')
  expect(begun).toHaveBeenCalledExactlyOnceWith('appeal')
  expect(await shown('rejected', '0.00')).not.toContain('可以申诉')
})

it('asks for a card of the heir who is paid, not of whoever applied', async () => {
  const payout = { status: 'failed', failure: '账号户名不符', amount: '30000.00', card: '6222 **** 0128', bank_name: '工商银行', paid_on: null }
  const heir = { payout, payee: { kind: 'legal_heir', name: '万**' } }
  expect(await shown('payment_failed', '30000.00', heir)).toContain('只能填写收款人 万** 本人的银行卡')
  expect(await shown('payment_failed', '30000.00', { payout, payee: { kind: 'insured', name: '薛**' } })).not.toContain('只能填写收款人')
})
