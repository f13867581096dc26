import { describe, expect, it } from 'vitest'

import { claimTimeline } from './timeline'

describe('the timeline of an application', () => {
  it('says what is done, where it stands and what is to come', () => {
    const step = (title: string, pending: boolean) => ({ title, pending, node: title, action: 'agree' })
    const steps = claimTimeline([step('a', false), step('b', true), step('c', true)])
    expect(steps.map((one) => one.state)).toEqual(['done', 'now', 'later'])
    expect(new Set(steps.map((one) => one.key)).size).toBe(3)
  })
})
