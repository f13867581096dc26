// Every sentence that a page asks for is there, in both languages, with the same blanks.
import { expect, test } from 'vitest'

import { makeI18n } from '@huzhu/shared'

import { en, zh } from './messages'

const sources = import.meta.glob<string>(['./**/*.vue', './**/*.ts', '!./**/*.test.ts', '!./words/*'], { query: '?raw', import: 'default', eager: true })
const known = makeI18n(zh, en).global.messages.value as Record<'zh' | 'en', object>
const groups = Object.keys(known.zh).join('|')

function at(language: 'zh' | 'en', key: string): unknown {
  return key.split('.').reduce<unknown>((found, part) => (found as Record<string, unknown> | undefined)?.[part], known[language])
}
function* leaves(branch: object, before = ''): Generator<[string, string]> {
  for (const [name, value] of Object.entries(branch)) {
    if (typeof value === 'string') yield [before + name, value]
    else yield* leaves(value as object, `${before}${name}.`)
  }
}
const blanks = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((one) => one[1]).sort()

test('the sources are read', () => {
  expect(Object.keys(sources).length).toBeGreaterThan(60)
})

test.each(Object.entries(sources))('%s asks for sentences that are there', (_file, text) => {
  // Quoted names, also those that lists of pages hold; codes of refusals have underscores.
  const quoted = [...text.matchAll(new RegExp(`'((?:${groups})\\.[A-Za-z.]+)'`, 'g'))].map((one) => one[1] ?? '')
  const asked = [...text.matchAll(/\bt\('([^']+)'/g)].map((one) => one[1] ?? '')
  for (const key of [...quoted, ...asked]) for (const language of ['zh', 'en'] as const) expect(typeof at(language, key), `${key} (${language})`).toBe('string')
  const built = [...text.matchAll(new RegExp(`\\bt\\(\`((?:${groups})[A-Za-z.]*)\\.\\$`, 'g'))].map((one) => one[1] ?? '')
  for (const key of built) expect(typeof at('zh', key), key).toBe('object')
})

test('both languages have the same sentences, none empty, with the same blanks', () => {
  const [chinese, english] = [new Map(leaves(known.zh)), new Map(leaves(known.en))]
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  for (const [key, text] of chinese) {
    expect(text.trim(), key).not.toBe('')
    expect(english.get(key)?.trim(), key).not.toBe('')
    expect(blanks(english.get(key) ?? ''), key).toEqual(blanks(text))
  }
})

test('no Chinese stands in the English but the name of the language', () => {
  const found = [...leaves(known.en)].filter(([key, text]) => key !== 'common.language' && /[\u3400-\u9fff：，。、（）“”]/.test(text.replace(/[“”]/g, '')))
  expect(found).toEqual([])
})
