// What is said of something given in a campaign: an electronic code is had once it is given, goods wait at their counter.
import type { ActivitiesRewardRead } from '@huzhu/shared/api'

type Given = Pick<ActivitiesRewardRead, 'gives' | 'state'>

/** Whether it has a state beside its campaign's: a code that was given has not. */
export const ownState = (reward: Given): boolean => reward.gives !== 'code' || reward.state !== 'issued'

/** The wording of its state. */
export const stateOf = (reward: Given): string => (ownState(reward) ? `activity.state.${reward.state}` : 'activity.taken.received')
