// Chinese and English of a sentence stand side by side; the apps' i18n wants them apart.
import type { Messages } from '@huzhu/shared'

export type Pairs = { [key: string]: [string, string] | Pairs }

/** Return the sentences of one language: 0 Chinese, 1 English. */
export function apart(pairs: Pairs, place: 0 | 1): Messages {
  return Object.fromEntries(
    Object.entries(pairs).map(([key, value]) => [key, Array.isArray(value) ? value[place] : apart(value, place)]),
  )
}
