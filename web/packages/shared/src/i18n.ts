// Chinese first, English beside it; each app adds its own messages.
import { createI18n } from 'vue-i18n'

import { preferences } from './preferences'
import { messages as shared } from './messages'

export type Messages = { [key: string]: string | Messages }

/** Make an app's i18n from its messages and the shared ones. */
export function makeI18n(zh: Messages, en: Messages) {
  return createI18n({
    legacy: false,
    locale: preferences.language,
    fallbackLocale: 'zh',
    messages: { zh: { ...shared.zh, ...zh }, en: { ...shared.en, ...en } },
    missingWarn: false,
    fallbackWarn: false,
    // The name of the sentence is shown; that it is not there must not go unseen.
    missing: (locale, key) => console.error(`no sentence "${key}" in ${locale}`),
  })
}
