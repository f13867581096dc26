// A unit is named by its credit code where staff acts for it.
import { call, type Page, Problem } from '@huzhu/shared'
import type { IdentityUnitListed } from '@huzhu/shared/api'

import { say } from './wording'

/** The id of the unit with a credit code; a Problem where there is none within the caller's reach. */
export async function unitOf(code: string): Promise<string> {
  const found = (await call<Page<IdentityUnitListed>>(`/api/identity/units?${new URLSearchParams({ credit_code: code.toUpperCase() })}`)).items[0]
  if (!found) throw new Problem(404, 'unit.unknown', say('没有这个统一社会信用代码的单位，请核对。', 'No unit has this credit code. Check it.'))
  return found.id
}
