// What was entered is shown masked; who entered it reads it whole on demand, each look in the audit log.
import { shallowRef } from 'vue'

import { call, useOnce } from '@huzhu/shared'

import { tell } from './telling'
import { say } from './wording'

export type EnteredValues = Record<string, string>
interface Answer { items: { id: string; values: EnteredValues }[] }

/** Values as they were entered, by the id of their row, and how to ask for more of them. `path`: `…/entered`. */
export function useEntered(path: string) {
  const values = shallowRef<Readonly<Record<string, EnteredValues>>>({})
  const read = async (ids: readonly string[]): Promise<Answer['items']> => (await call<Answer>(path, { method: 'POST', json: { ids } })).items
  async function show(ids: readonly string[]): Promise<Answer['items']> {
    const items = await read(ids)
    values.value = { ...values.value, ...Object.fromEntries(items.map((one) => [one.id, one.values])) }
    return items
  }
  const showing = useOnce(async (_once: string, ids: readonly string[]) => {
    const items = await show(ids)
    if (!items.length) tell(say('只有录入人本人可以查看原内容，且限于未提交的人员。', 'Only who entered people may see them whole, as long as they are not handed in.'))
    return items
  })
  /** Masked again, at once: somebody stands at the desk. */
  const hide = (): void => { values.value = {} }
  return { values, read, show, showing, hide }
}
