import { describe, expect, it } from 'vitest'

import allowed from '../../../../../services/notify/notify/content/allowed.json'
import { lossOf, readHtml, stepsOf, writeHtml } from './html'
import samples from './samples.json'
import { linkTo, schema } from './schema'

const again = (html: string) => writeHtml(readHtml(html))
const tagsIn = (html: string) => new Set([...html.matchAll(/<(\w+)/g)].map((one) => one[1]!))

describe('the list of what a text may hold', () => {
  it.each(samples)('opens without loss and is written once and for all: %s', (html) => {
    expect(lossOf(html)).toEqual([])
    expect(again(again(html))).toBe(again(html))
  })

  it('is shown by the samples to its last tag and attribute', () => {
    const all = samples.join('')
    expect([...tagsIn(all)].sort()).toEqual([...allowed.tags].sort())
    for (const [tag, names] of Object.entries(allowed.attributes)) for (const name of names) expect(all, `${tag} ${name}`).toMatch(new RegExp(`<${tag}[^>]* ${name}="`))
  })

  it('has everything that the editor can write', () => {
    const written = new Set<string>()
    const note = (spec: unknown): void => {
      if (!Array.isArray(spec)) return
      if (typeof spec[0] === 'string') written.add(spec[0])
      spec.slice(1).forEach(note)
    }
    for (const type of Object.values(schema.nodes)) if (type.spec.toDOM) note(type.spec.toDOM(type.name === 'image' ? type.create({ src: '' }) : type.create(type.name === 'table' ? { caption: 'x' } : null)))
    for (const type of Object.values(schema.marks)) note(type.spec.toDOM?.(type.create({ href: '' }), true))
    expect(written.size).toBeGreaterThan(20)
    expect([...written].filter((one) => !allowed.tags.includes(one))).toEqual([])
  })
})

describe('a text in the editor', () => {
  it('is written close in lists and tables, with the head of a table', () => {
    expect(again('<ul><li><p>一</p></li></ul>')).toBe('<ul><li>一</li></ul>')
    expect(again('<table><tr><th>甲</th></tr><tr><td><p>乙</p></td></tr></table>')).toBe('<table><thead><tr><th>甲</th></tr></thead><tbody><tr><td>乙</td></tr></tbody></table>')
  })

  it('is nothing where nothing is written', () => {
    expect(again('<p></p><p></p>')).toBe('')
  })

  it('has no foreign picture and no link that does something', () => {
    expect(again('<p>一<img src="https://example.org/a.png"><a href="javascript:1">二</a></p>')).toBe('<p>一二</p>')
  })

  it.each([
    ['<table><caption><strong>粗</strong>题</caption><tr><td>一</td></tr></table>', ['strong']],
    ['<p>一<img src="https://example.org/a.png"></p>', ['img']],
    ['<ul>无项<li>一</li></ul>', ['order']],
  ])('says what it could not keep: %s', (html, lost) => {
    expect(lossOf(html).length).toBeGreaterThan(0)
    if (lost[0] !== 'order') expect(lossOf(html)).toEqual(lost)
  })

  it('looks the same whatever the tags are called and however they are nested', () => {
    expect(stepsOf('<p><b><i>一</i></b></p>\n<p>二</p>')).toEqual(stepsOf('<p><em><strong>一</strong></em></p><p>二</p>'))
    expect(stepsOf('<p>一</p><p>二</p>')).not.toEqual(stepsOf('<p>一二</p>'))
    expect(stepsOf('<p>一</p><ul><li>二</li></ul>')).not.toEqual(stepsOf('<ul><li>一</li><li>二</li></ul>'))
  })
})

describe('an address that was typed', () => {
  it.each([['www.example.org', 'https://www.example.org'], [' https://a.cn/x ', 'https://a.cn/x'], ['tel:12351', 'tel:12351'], ['javascript:alert(1)', undefined], ['data:text/html,x', undefined], ['说明', undefined], ['/m/#/wuxi', '/m/#/wuxi']])('%s', (typed, wanted) => {
    expect(linkTo(typed)).toBe(wanted)
  })
})
