// What a person chose on this device: language and type size. Applied to the document at once.
import { reactive, watchEffect } from 'vue'

import { read, write } from './keep'

export type Language = 'zh' | 'en'

interface Preferences {
  language: Language
  large: boolean
}

const NAME = 'preferences'

function initial(): Preferences {
  const language: Language = navigator.language.toLowerCase().startsWith('en') ? 'en' : 'zh'
  return { language, large: false, ...read<Partial<Preferences>>(NAME) }
}

export const preferences = reactive<Preferences>(initial())

watchEffect(() => {
  write(NAME, { ...preferences })
  document.documentElement.lang = preferences.language === 'zh' ? 'zh-CN' : 'en'
  document.documentElement.classList.toggle('large-type', preferences.large)
})
