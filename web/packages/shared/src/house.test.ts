// Rules of the house that hold for every page of both apps.
import { expect, test } from 'vitest'

const sources = import.meta.glob<string>(['../../../apps/*/src/**/*.{vue,ts}', '!../../../apps/*/src/**/*.test.ts'], { query: '?raw', import: 'default', eager: true })
const files = Object.entries(sources).map(([path, text]) => [path.replace('../../../apps/', ''), text] as const)
/** What holds sentences of its own, and what reads typed amounts. */
const EXCEPT = new Set(['member/src/messages.ts', 'member/src/forms/marks.ts'])
const HAN = /[\u3400-\u9fff]/

/** What a template shows as it stands, in whatever language the reader has chosen: its text and its attributes that are not bound.
 * A language is named in itself. */
function bare(text: string): string {
  const template = /<template>([\s\S]*)<\/template>/.exec(text)?.[1] ?? ''
  return template.replace(/>中文</g, '><').replace(/<!--[\s\S]*?-->/g, '').replace(/\{\{[\s\S]*?\}\}/g, '').replace(/\s(?:v-[\w:.-]+|[:@#][\w:.\[\]-]+)="[^"]*"/g, '')
}

test('the sources are read', () => expect(files.length).toBeGreaterThan(150))

test('services are asked in one way, which knows the union, the session and the language', () => {
  expect(files.filter(([, text]) => /\bfetch\(|\bXMLHttpRequest\b/.test(text)).map(([path]) => path)).toEqual([])
})

test('no sentence of a page stands in one language only', () => {
  expect(files.filter(([, text]) => HAN.test(bare(text))).map(([path, text]) => [path, bare(text).match(/.{0,20}[\u3400-\u9fff]+.{0,20}/)?.[0]])).toEqual([])
})

test('the sentences of the members app stand in its words', () => {
  const without = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|(^|\s)\/\/.*$/gm, '')
  const own = files.filter(([path]) => path.startsWith('member/') && !path.includes('/words/') && !EXCEPT.has(path))
  expect(own.filter(([, text]) => HAN.test(without(text))).map(([path, text]) => [path, without(text).match(/.{0,30}[\u3400-\u9fff]+.{0,20}/)?.[0]])).toEqual([])
})
