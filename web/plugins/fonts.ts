import type { Plugin } from 'vite'

/** Removes @font-face rules that name another host: pages load nothing from outside, and the CSP would refuse it. */
export function withoutOutsideFonts(): Plugin {
  return {
    name: 'without-outside-fonts',
    enforce: 'pre',
    transform(code, id) {
      if (!/\.css(\?|$)/.test(id)) return null
      return code.replace(/@font-face\s*\{[^}]*url\(["']?(?:https?:)?\/\/[^}]*\}/g, '')
    },
  }
}
