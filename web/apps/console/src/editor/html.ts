// Between HTML as the service keeps it and the editor's document, and what of a text the editor could not keep.
import { DOMParser as ReadDom, DOMSerializer, type Node as Text } from 'prosemirror-model'

import { schema } from './schema'

const reader = ReadDom.fromSchema(schema)
const writer = DOMSerializer.fromSchema(schema)
const SAME: Record<string, string> = { b: 'strong', i: 'em', del: 's' }
const MARKS = new Set(['a', 'strong', 'em', 'u', 's', 'sub', 'sup', 'code'])
const SILENT = new Set(['p', 'thead', 'tbody'])
const nameOf = (one: Element) => SAME[one.localName] ?? one.localName

/** A document of its own: nothing in it is loaded or run. */
function inert(html = ''): HTMLElement {
  const body = document.implementation.createHTMLDocument('').body
  body.innerHTML = html
  return body
}

export const readHtml = (html: string): Text => reader.parse(inert(html))

/** The text as the service is given it; nothing where nothing is written. */
export function writeHtml(doc: Text): string {
  const body = inert()
  body.append(writer.serializeFragment(doc.content, { document: body.ownerDocument }))
  for (const one of body.querySelectorAll('caption')) one.removeAttribute('contenteditable')
  body.querySelectorAll('table').forEach(headTable)
  // One paragraph alone in its place is written as the place's own text: lists and tables stand close.
  for (const place of body.querySelectorAll('li, td, th, figure')) unwrap(place)
  while (body.lastElementChild?.localName === 'p' && !body.lastElementChild.childNodes.length) body.lastElementChild.remove()
  return body.innerHTML
}

const isHead = (row: Element) => row.hasAttribute('data-head') || row.parentElement?.localName === 'thead' || [...row.children].every((one) => one.localName === 'th')

function headRows(table: Element): Element[] {
  const rows = [...table.querySelectorAll('tr')].filter((row) => row.closest('table') === table)
  const first = rows.findIndex((row) => !isHead(row))
  return first < 0 ? rows.slice(0, 1) : rows.slice(0, first)
}

function headTable(table: Element): void {
  const head = headRows(table)
  if (head.length) {
    const part = table.ownerDocument.createElement('thead')
    table.querySelector(':scope > tbody')?.before(part)
    part.append(...head)
  }
  for (const row of table.querySelectorAll('tr')) row.removeAttribute('data-head')
  const body = table.querySelector(':scope > tbody')
  if (!body?.children.length) body?.remove()
}

function unwrap(place: Element): void {
  const [first, ...others] = place.children
  if (first?.localName === 'p' && others.every((one) => ['ul', 'ol', 'figcaption'].includes(one.localName))) first.replaceWith(...first.childNodes)
}

const PART = '¶'
const isInline = (step: string | undefined) => step !== undefined && step !== PART && !step.startsWith('<')
const marked = (marks: string[]) => `[${[...new Set(marks)].sort().join('')}]`

/** What a reader sees, step by step: blocks, and runs of words with their marks. Two texts with the same steps look the same. */
export function stepsOf(html: string): string[] {
  const steps: string[] = []
  for (const step of walked(inert(html), [], false)) {
    const last = steps.at(-1)
    // Paragraphs part what stands in them, and nothing else.
    if (step === PART ? !isInline(last) : false) continue
    if (last === PART && !isInline(step)) steps.pop()
    const [marks, words] = step.startsWith('[') ? step.split(/(?<=^\[[^\]]*\])/) : []
    if (words !== undefined && steps.at(-1)?.startsWith(marks!)) steps.push(`${steps.pop()}${words}`)
    else steps.push(step)
  }
  if (steps.at(-1) === PART) steps.pop()
  return steps
}

function* walked(place: Element, marks: string[], asIs: boolean): Generator<string> {
  for (const child of place.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) {
      const words = asIs ? child.textContent!.replace(/^\n|\n$/g, '') : child.textContent!.replace(/\s+/g, '')
      if (words) yield marked(marks) + words
    }
    if (child.nodeType !== Node.ELEMENT_NODE) continue
    const one = child as Element
    const name = nameOf(one)
    if (name === 'span') yield* walked(one, marks, asIs)
    else if (MARKS.has(name)) yield* walked(one, asIs ? marks : [...marks, shown(one)], asIs)
    else if (name === 'img' || name === 'br') yield `*${shown(one)}${marked(marks)}`
    else if (SILENT.has(name)) { yield PART; yield* walked(one, marks, asIs); yield PART }
    else { yield shown(one); yield* walked(one, marks, asIs || name === 'pre'); yield `</${name}>` }
  }
}

const NO_DIFFERENCE: Record<string, string> = { colspan: '1', rowspan: '1', start: '1' }
function shown(one: Element): string {
  const attributes = [...one.attributes].filter((each) => each.name !== 'rel' && NO_DIFFERENCE[each.name] !== each.value && (each.value || each.name === 'src')).map((each) => ` ${each.name}="${each.value}"`).sort()
  const head = one.localName === 'tr' && one.closest('table') && headRows(one.closest('table')!).includes(one) ? ' head' : ''
  return `<${nameOf(one)}${attributes.join('')}${head}>`
}

/** What saving this text from the editor would take away: names of tags, or 'order' where only the arrangement changes. */
export function lossOf(html: string): string[] {
  const [before, after] = [stepsOf(html), stepsOf(writeHtml(readHtml(html)))]
  if (before.join('\n') === after.join('\n')) return []
  const left = [...after]
  const missing = before.filter((step) => { const place = left.indexOf(step); if (place >= 0) left.splice(place, 1); return place < 0 })
  const names = missing.flatMap((step) => [...step.matchAll(/<(\w+)/g)].map((found) => found[1]!))
  return names.length ? [...new Set(names)] : ['order']
}
