import { beforeEach, expect, it } from 'vitest'

import { preferences } from '@huzhu/shared'
import type { ClaimsPayoutRead, ClaimsWaitingRead } from '@huzhu/shared/api'

import { figuresOf, totalOf, waysOf } from './batching'

beforeEach(() => { preferences.language = 'zh' })
const sum = (payouts: number, total: string) => ({ payouts, total })
const waiting = (more: Partial<ClaimsWaitingRead>): ClaimsWaitingRead => ({
  fund: 'three-in-one', title: '三合一', purpose: 'claim', waiting: sum(31, '154966.98'), batch: sum(31, '154966.98'), covered: sum(1, '4998.87'),
  available: '5912.07', floor: '0.00', prepared: '0.00', left: '5912.07', ...more,
})

it('offers first what the money covers, and warns of all', () => {
  const ways = waysOf([waiting({})])
  expect(ways.map((one) => one.label)).toEqual(['三合一 给付：资金以内 1 笔 4,998.87 元（最早的先付）', '三合一 给付：全部 31 笔 154,966.98 元，资金不足'])
  expect(ways[0]?.body).toEqual({ fund: 'three-in-one', purpose: 'claim', covered_only: true, shown: sum(1, '4998.87') })
  expect(figuresOf([waiting({})])).toBe('三合一 给付：待制单 31 笔 154,966.98 元，还可支付 5,912.07 元。资金不足以支付全部：超出的批次放行时会被拒绝。')
})

it('offers all where the money is enough, and says what is spoken for', () => {
  const enough = waiting({ covered: sum(31, '154966.98'), available: '300000.00', prepared: '1000.00', floor: '200.00', left: '298800.00' })
  expect(waysOf([enough]).map((one) => one.label)).toEqual(['三合一 给付：全部 31 笔 154,966.98 元'])
  expect(figuresOf([enough])).toContain('还可支付 298,800.00 元（可用 300,000.00 元，已扣除已制单未放行 1,000.00 元、最低余额 200.00 元）。')
})

it('offers all alone where nothing is covered, and says what the bank takes', () => {
  const [only, more] = waysOf([waiting({ covered: sum(0, '0.00'), batch: sum(20, '90000.00') })])
  expect(only?.label).toContain('最早的 20 笔 90,000.00 元（银行每批的上限），资金不足')
  expect(more).toBeUndefined()
})

it('adds in cents', () => {
  expect(totalOf(['0.10', '0.20', '154966.68'].map((amount) => ({ amount }) as ClaimsPayoutRead))).toBe('154966.98')
})
