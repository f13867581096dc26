import { createPinia } from 'pinia'
import { createApp, watch } from 'vue'

import { makeI18n, preferences, tellLanguage } from '@huzhu/shared'

import App from './App.vue'
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
createApp(App).use(createPinia()).use(router).use(i18n).mount('#app')

// The counter opens without a network; a new version takes over when the old one's pages are closed.
if (import.meta.env.PROD && 'serviceWorker' in navigator) addEventListener('load', () => void navigator.serviceWorker.register('./sw.js'))
