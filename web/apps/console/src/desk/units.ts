// A unit is named by its credit code where staff acts for it.
import { call, type Page, Problem } from '@huzhu/shared'
import type { IdentityUnitListed } from '@huzhu/shared/api'

import { say } from './wording'

const plain = (name: string) => name.replace(/\s/g, '')
/** The id of the unit with a credit code or exactly this name; a Problem where there is none, or several, within the caller's reach. */
export async function unitOf(named: string): Promise<string> {
  const by: Record<string, string> = /^[0-9A-Za-z]{15,18}$/.test(named) ? { credit_code: named.toUpperCase() } : { name: named, status: 'approved' }
  const found = (await call<Page<IdentityUnitListed>>(`/api/identity/units?${new URLSearchParams(by)}`)).items.filter((unit) => 'credit_code' in by || plain(unit.name) === plain(named))
  if (found.length > 1) throw new Problem(409, 'unit.several', say('有几个单位叫这个名称，请填写统一社会信用代码。', 'Several units have this name. Give the credit code.'))
  if (!found[0]) throw new Problem(404, 'unit.unknown', say('没有找到该单位，请核对统一社会信用代码或全称。', 'No such unit. Check the credit code or the full name.'))
  return found[0].id
}

/** The name of the branch a unit belongs to 所属区局; undefined where the union has none. */
export const branchOf = (unit: { org_path: string }, nodes: readonly { path: string; name: string; parent?: string | null }[] | undefined): string | undefined => nodes?.find((node) => node.parent && node.path === unit.org_path)?.name
