// What a text may hold: just what the service keeps of it. The service's list is the authority (notify/content/allowed.json).
import { type Attrs, type DOMOutputSpec, type MarkSpec, type NodeSpec, Schema } from 'prosemirror-model'

import allowed from '../../../../../services/notify/notify/content/allowed.json'

/** Pictures are the platform's own: another site's would tell that site who reads. */
export const isOwnPicture = (source: string | null): boolean => source?.startsWith(allowed.pictures) ?? false

/** An address that a link may lead to, or undefined: https is put before a bare host. */
export function linkTo(typed: string): string | undefined {
  const text = typed.trim()
  if (/^[\w-]+(\.[\w-]+)+([/?#]|$)/.test(text)) return `https://${text}`
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]
  if (!scheme) return /^[/#]/.test(text) ? text : undefined
  return allowed.link_schemes.includes(scheme.toLowerCase()) ? text : undefined
}

const given = (attrs: Attrs): Record<string, string> => Object.fromEntries(Object.entries(attrs).filter(([, value]) => value !== null && value !== '').map(([name, value]) => [name, String(value)]))
const read = (dom: HTMLElement, ...names: string[]) => Object.fromEntries(names.map((name) => [name, dom.getAttribute(name)]))
const plain = (tag: string, spec: NodeSpec): NodeSpec => ({ parseDOM: [{ tag }], toDOM: (): DOMOutputSpec => [tag, 0], ...spec })
const mark = (tag: string, ...others: string[]): MarkSpec => ({ parseDOM: [tag, ...others].map((one) => ({ tag: one })), toDOM: () => [tag, 0] })

const HEADINGS: [tag: string, level: number][] = [['h1', 2], ['h2', 2], ['h3', 3], ['h4', 4], ['h5', 4], ['h6', 4]]
const DEFAULT_SPAN = 1
const spans = (attrs: Attrs) => given({ colspan: attrs.colspan === DEFAULT_SPAN ? null : attrs.colspan, rowspan: attrs.rowspan === DEFAULT_SPAN ? null : attrs.rowspan, scope: attrs.scope })
const cell = (tag: 'td' | 'th', role: string): NodeSpec => ({
  content: 'block+',
  // The table commands know `colwidth`; nobody sets one here.
  attrs: { colspan: { default: DEFAULT_SPAN }, rowspan: { default: DEFAULT_SPAN }, colwidth: { default: null }, scope: { default: null } },
  tableRole: role,
  isolating: true,
  parseDOM: [{ tag, getAttrs: (dom) => ({ colspan: Number(dom.getAttribute('colspan')) || DEFAULT_SPAN, rowspan: Number(dom.getAttribute('rowspan')) || DEFAULT_SPAN, scope: tag === 'th' ? dom.getAttribute('scope') : null }) }],
  toDOM: (node) => [tag, spans(node.attrs), 0],
})

const nodes: Record<string, NodeSpec> = {
  doc: { content: 'block+' },
  paragraph: plain('p', { content: 'inline*', group: 'block' }),
  heading: {
    attrs: { level: { default: 2 } }, content: 'inline*', group: 'block', defining: true,
    parseDOM: HEADINGS.map(([tag, level]) => ({ tag, attrs: { level } })),
    toDOM: (node) => [`h${node.attrs.level}`, 0],
  },
  blockquote: plain('blockquote', { content: 'block+', group: 'block', defining: true }),
  bullet_list: plain('ul', { content: 'list_item+', group: 'block' }),
  ordered_list: {
    attrs: { start: { default: 1 } }, content: 'list_item+', group: 'block',
    parseDOM: [{ tag: 'ol', getAttrs: (dom) => ({ start: Number(dom.getAttribute('start') ?? 1) }) }],
    toDOM: (node) => ['ol', node.attrs.start === 1 ? {} : { start: String(node.attrs.start) }, 0],
  },
  list_item: plain('li', { content: 'block+', defining: true }),
  code_block: { content: 'text*', marks: '', group: 'block', code: true, defining: true, parseDOM: [{ tag: 'pre', preserveWhitespace: 'full' }], toDOM: () => ['pre', ['code', 0]] },
  horizontal_rule: { group: 'block', parseDOM: [{ tag: 'hr' }], toDOM: () => ['hr'] },
  figure: plain('figure', { content: 'figcaption? block+ figcaption?', group: 'block', defining: true, isolating: true }),
  figcaption: plain('figcaption', { content: 'inline*', defining: true }),
  table: {
    // Commands for tables count rows only, so its title is no node of its own.
    attrs: { caption: { default: '' } }, content: 'table_row+', group: 'block', tableRole: 'table', isolating: true,
    parseDOM: [{ tag: 'table', getAttrs: (dom) => ({ caption: dom.querySelector('caption')?.textContent?.trim() ?? '' }) }, { tag: 'caption', ignore: true }],
    toDOM: (node) => (node.attrs.caption ? ['table', ['caption', { contenteditable: 'false' }, String(node.attrs.caption)], ['tbody', 0]] : ['table', ['tbody', 0]]),
  },
  table_row: {
    attrs: { head: { default: false } }, content: '(table_cell | table_header)*', tableRole: 'row',
    parseDOM: [{ tag: 'tr', getAttrs: (dom) => ({ head: dom.parentElement?.tagName === 'THEAD' }) }],
    toDOM: (node) => ['tr', node.attrs.head ? { 'data-head': '' } : {}, 0],
  },
  table_cell: cell('td', 'cell'),
  table_header: cell('th', 'header_cell'),
  text: { group: 'inline' },
  image: {
    attrs: { src: {}, alt: { default: '' }, width: { default: null }, height: { default: null } }, inline: true, group: 'inline', draggable: true,
    parseDOM: [{ tag: 'img[src]', getAttrs: (dom) => (isOwnPicture(dom.getAttribute('src')) ? { ...read(dom, 'src', 'width', 'height'), alt: dom.getAttribute('alt') ?? '' } : false) }],
    toDOM: (node) => ['img', { ...given(node.attrs), alt: String(node.attrs.alt) }],
  },
  hard_break: { inline: true, group: 'inline', selectable: false, linebreakReplacement: true, parseDOM: [{ tag: 'br' }], toDOM: () => ['br'] },
}

const marks: Record<string, MarkSpec> = {
  link: {
    attrs: { href: {}, title: { default: null } }, inclusive: false,
    parseDOM: [{ tag: 'a[href]', getAttrs: (dom) => (linkTo(dom.getAttribute('href') ?? '') ? read(dom, 'href', 'title') : false) }],
    toDOM: (one) => ['a', { ...given(one.attrs), rel: 'noopener noreferrer' }, 0],
  },
  strong: mark('strong', 'b'),
  em: mark('em', 'i'),
  underline: mark('u'),
  strike: mark('s', 'del', 'strike'),
  sub: { ...mark('sub'), excludes: 'sup' },
  sup: { ...mark('sup'), excludes: 'sub' },
  code: mark('code'),
}

export const schema = new Schema({ nodes, marks })
