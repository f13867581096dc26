import { describe, expect, it } from 'vitest'

import { claimTimeline } from './timeline'

describe('the timeline of an application', () => {
  it('says what is done, where it stands and what is to come', () => {
    const step = (title: string, pending: boolean) => ({ title, pending, node: title, action: 'agree' })
    const steps = claimTimeline([step('a', false), step('b', true), step('c', true)])
    expect(steps.map((one) => one.state)).toEqual(['done', 'now', 'later'])
    expect(new Set(steps.map((one) => one.key)).size).toBe(3)
  })
  it('says what came of each step, and never that a failed transfer is done', () => {
    const step = (action: string, outcome: string) => ({ title: '给付', node: 'payment', action, outcome })
    const steps = claimTimeline([step('agreed', '同意'), step('returned', '退回补正'), step('failed', '转账失败'), { ...step('pending', ''), pending: true }])
    expect(steps.map((one) => one.outcome)).toEqual(['同意', '退回补正', '转账失败', undefined])
    expect(steps.map((one) => one.tone)).toEqual(['good', 'warn', 'bad', undefined])
  })
})
