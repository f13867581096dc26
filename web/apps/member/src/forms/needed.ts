// What a form needs is said at its field before anything is sent, and what the service refuses stands there too.
import { type Ref, ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Problem } from '@huzhu/shared'

import { useFaults } from '../faults'

/**
 * `titles`: the needed values by their name in `typed`, as the form calls them; `choices` are chosen, not typed; `others`: what
 * else the form has a place for. What was refused and has none is in `rest`. `prefix`: stands before the names on the page.
 */
export function useNeeded(typed: object, titles: () => Record<string, string>, problem: Ref<Problem | undefined>, choices: readonly string[] = [], others: readonly string[] = [], prefix = '') {
  const { t } = useI18n()
  const tried = ref(false)
  const { at, rest } = useFaults(problem, () => [...Object.keys(titles()), ...others])
  const isEmpty = (name: string) => !String((typed as Record<string, unknown>)[name] ?? '').trim()

  /** Whether all that is needed is there; else the first that is not has the focus. */
  function ready(): boolean {
    const lacking = Object.keys(titles()).filter(isEmpty)
    tried.value = lacking.length > 0
    if (lacking[0]) document.getElementsByName(prefix + lacking[0])[0]?.focus()
    return !lacking.length
  }
  function errorOf(name: string): string {
    const title = titles()[name]
    if (tried.value && title && isEmpty(name)) return t(choices.includes(name) ? 'mine.needChoice' : 'mine.need', { title })
    return at(name)
  }
  return { ready, errorOf, rest }
}
