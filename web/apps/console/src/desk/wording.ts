// A sentence where it is used, Chinese first and English beside it.
import { preferences } from '@huzhu/shared'

export { worded } from '@huzhu/shared'

export type Pair = readonly [zh: string, en: string]

/** The sentence in the language chosen; in a template it follows the choice. */
export const say = (zh: string, en: string): string => (preferences.language === 'en' ? en : zh)
export const said = (pair: Pair): string => say(pair[0], pair[1])
