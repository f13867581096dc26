// A sentence where it is used, Chinese first and English beside it.
import { listed, preferences } from '@huzhu/shared'

export { worded } from '@huzhu/shared'

export type Pair = readonly [zh: string, en: string]

/** The sentence in the language chosen; in a template it follows the choice. */
export const say = (zh: string, en: string): string => (preferences.language === 'en' ? en : zh)
export const said = (pair: Pair): string => say(pair[0], pair[1])
/** What still has to be filled in, as one sentence; undefined where nothing has. */
export function lacking(...parts: readonly (readonly [missing: boolean, title: string])[]): string | undefined {
  const titles = parts.filter(([missing]) => missing).map(([, title]) => title)
  return titles.length ? say(`还需填写：${listed(titles)}。`, `Still needed: ${listed(titles)}.`) : undefined
}
