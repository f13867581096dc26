// Whose figures somebody sees: everybody's of the union, those of a branch and below, or one unit's.
import { session } from '@huzhu/shared'

import type { Pair } from './wording'

/** Whether what is summed up is the whole union's; only then there is a fund to look at. */
export const wholeUnion = (): boolean => session.account.value?.kind === 'staff' && ['', '/'].includes(session.account.value.org_path)

/** The same in words. */
export const reachWords = (): Pair =>
  session.account.value?.kind === 'handler' ? ['本单位', 'Own unit'] : wholeUnion() ? ['全会', 'Whole union'] : ['本机构及下级', 'Own branch and below']
