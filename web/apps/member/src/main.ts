import { createPinia } from 'pinia'
import { createApp, watch } from 'vue'

import { makeI18n, preferences, tellLanguage, whenConfirmationNeeded } from '@huzhu/shared'

import App from './App.vue'
import { askToConfirm } from './confirming'
import { en, zh } from './messages'
import { router } from './router'
import './style.css'
import '@huzhu/shared/article.css'

const i18n = makeI18n(zh, en)
watch(
  () => preferences.language,
  (language) => (i18n.global.locale.value = language),
)
tellLanguage()
whenConfirmationNeeded(askToConfirm)
createApp(App).use(createPinia()).use(router).use(i18n).mount('#app')
