// What comes from Word, WPS, Excel or a web page, made plain: words, headings, lists and tables stay, looks and foreign pictures go.
import { isOwnPicture } from './schema'

export interface Pasted { html: string; pictures: number }

const BOLD = /font-weight:\s*(bold|[6-9]00)/i
const LOOKS: [pattern: RegExp, tag: string][] = [[BOLD, 'strong'], [/font-style:\s*italic/i, 'em'], [/text-decoration(-line)?:[^;]*underline/i, 'u'], [/text-decoration(-line)?:[^;]*line-through/i, 's'], [/vertical-align:\s*super/i, 'sup'], [/vertical-align:\s*sub/i, 'sub']]
const NUMBERED = /^\s*[(（]?([0-9]+|[a-z]|[ivxlc]+|[一二三四五六七八九十百]+|[①-⑳])[.．、)）]?\s*$/i
const LEVEL = /mso-list:[^;]*\blevel(\d+)/i
const KEPT = 'data-look'
const styleOf = (one: Element) => one.getAttribute(KEPT) ?? ''

/** The page's policy allows no style in a tag, and a browser complains of each that is merely parsed: it stands beside until it was read. */
const setAside = (html: string) => html.replace(/<style[\s\S]*?<\/style>/gi, '').replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/(\s)style(\s*=)/gi, `$1${KEPT}$2`))

/** Parsed where nothing is loaded or run. Conditional comments of Office are comments to a browser. */
export function cleanPasted(html: string): Pasted {
  const text = setAside(html.replace(/<!\[(if|endif)[^>]*\]>/gi, ''))
  // What was copied in an editor of this kind comes as it was.
  if (html.includes('data-pm-slice')) return { html: text, pictures: 0 }
  const page = new DOMParser().parseFromString(text, 'text/html')
  const body = page.body
  body.querySelectorAll('style, script, meta, link, title, xml, object, iframe, template, svg, math').forEach((one) => one.remove())
  const comments = page.createTreeWalker(body, NodeFilter.SHOW_COMMENT)
  const found: Node[] = []
  while (comments.nextNode()) found.push(comments.currentNode)
  found.forEach((one) => (one as ChildNode).remove())
  listsOf(body)
  for (const one of body.querySelectorAll('p.MsoTitle')) rename(one, 'h2')
  const foreign = [...body.querySelectorAll('img')].filter((one) => !isOwnPicture(one.getAttribute('src')))
  foreign.forEach((one) => one.remove())
  for (const one of body.querySelectorAll('*')) look(one)
  for (const one of body.querySelectorAll('p')) {
    if (!one.textContent?.replace(/[\s\u00a0]/g, '') && !one.querySelector('img, br')) one.remove()
  }
  return { html: body.innerHTML.replace(/(&nbsp;|\u00a0)+/g, ' '), pictures: foreign.length }
}

/** Bold and the like that stand in a style become tags; every other look goes. */
function look(one: Element): void {
  const style = styleOf(one)
  // Some programs wrap everything into a bold tag that its style calls normal.
  if (one.localName === 'b' && /font-weight:\s*(normal|400)/i.test(style)) one.replaceWith(...one.childNodes)
  if (one.localName === 'span' || one.localName === 'font') {
    for (const [pattern, tag] of LOOKS) if (pattern.test(style)) enclose(one, tag)
  }
  for (const each of [...one.attributes]) if (!['href', 'src', 'alt', 'title', 'colspan', 'rowspan', 'start', 'scope'].includes(each.name)) one.removeAttribute(each.name)
}

function enclose(one: Element, tag: string): void {
  const inside = one.ownerDocument.createElement(tag)
  inside.append(...one.childNodes)
  one.append(inside)
}

function rename(one: Element, tag: string): Element {
  const other = one.ownerDocument.createElement(tag)
  other.append(...one.childNodes)
  one.replaceWith(other)
  return other
}

/** Word and WPS write a list as paragraphs that say their level; the mark before each tells which kind it is. */
function listsOf(body: HTMLElement): void {
  const items = [...body.querySelectorAll<HTMLElement>('p')].filter((one) => LEVEL.test(styleOf(one)))
  for (const item of items) if (item.isConnected && !items.includes(item.previousElementSibling as HTMLElement)) listFrom(item, new Set(items))
}

function listFrom(first: HTMLElement, items: Set<HTMLElement>): void {
  const open: { level: number; list: Element; tag: string }[] = []
  const place = first.ownerDocument.createElement('div')
  first.before(place)
  let next: Element | null = first
  while (next && items.has(next as HTMLElement)) {
    const item: Element = next
    next = item.nextElementSibling
    const level = Number(LEVEL.exec(styleOf(item))?.[1] ?? 1)
    const tag = markedBy(item)
    while (open.length && (open.at(-1)!.level > level || (open.at(-1)!.level === level && open.at(-1)!.tag !== tag))) open.pop()
    if (!open.length || open.at(-1)!.level < level) {
      const list = first.ownerDocument.createElement(tag)
      ;(open.at(-1)?.list.lastElementChild ?? place).append(list)
      open.push({ level, list, tag })
    }
    open.at(-1)!.list.append(rename(item, 'li'))
  }
  place.replaceWith(...place.childNodes)
}

/** The kind of list by the mark that Word wrote before the item; the mark itself goes. */
function markedBy(item: Element): 'ol' | 'ul' {
  const mark = [...item.querySelectorAll('span')].find((one) => /mso-list:\s*ignore/i.test(styleOf(one)))
  const text = mark?.textContent?.replace(/\u00a0/g, ' ').trim() ?? ''
  mark?.remove()
  return NUMBERED.test(text) && text !== 'o' ? 'ol' : 'ul'
}
