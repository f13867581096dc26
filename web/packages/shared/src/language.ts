// The language that a person reads in is the one in which they are told things: said to the server when it changes.
import { watch } from 'vue'

import { call } from './http'
import { read, write } from './keep'
import { preferences } from './preferences'
import { session } from './session'

const NAME = 'language.told'

/** Tell the server once for each account and language; what fails is told with the next change or start. */
export function tellLanguage(): void {
  watch(
    () => [session.state.tokens?.account.id, preferences.language] as const,
    async ([account, language]) => {
      if (!account || (read<string>(NAME) ?? `${account}:zh`) === `${account}:${language}`) return
      try {
        await call('/api/identity/accounts/me/language', { method: 'PUT', json: { language } })
        write(NAME, `${account}:${language}`)
      } catch {
        // Without it messages come in the language that was chosen before.
      }
    },
    { immediate: true },
  )
}
