import { expect, it } from 'vitest'

import { ownState, stateOf } from './rewards'

it('says of a code that was given that it was given, once', () => {
  expect([ownState({ gives: 'code', state: 'issued' }), stateOf({ gives: 'code', state: 'issued' })]).toEqual([false, 'activity.taken.received'])
})
it.each(['collected', 'revoked', 'cancelled'] as const)('says what became of a code: %s', (state) => {
  expect([ownState({ gives: 'code', state }), stateOf({ gives: 'code', state })]).toEqual([true, `activity.state.${state}`])
})
it('says of goods that they wait', () => {
  expect([ownState({ gives: 'goods', state: 'issued' }), stateOf({ gives: 'goods', state: 'issued' })]).toEqual([true, 'activity.state.issued'])
})
