// What a clerk can do to a text: each tool with its name, its keys, when it is on and when it can be used.
import { lift, setBlockType, toggleMark, wrapIn } from 'prosemirror-commands'
import { redo, undo } from 'prosemirror-history'
import type { Attrs, MarkType, NodeType } from 'prosemirror-model'
import { liftListItem, sinkListItem, wrapInList } from 'prosemirror-schema-list'
import { type Command, type EditorState, NodeSelection, TextSelection } from 'prosemirror-state'
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, isInTable, toggleHeaderRow } from 'prosemirror-tables'

import type { Pair } from '../desk/wording'
import { schema } from './schema'

export interface Tool {
  name: string
  title: Pair
  /** As ProseMirror writes them. */
  keys?: string
  command: Command
  on?: (state: EditorState) => boolean
  shown?: (state: EditorState) => boolean
}

const { nodes, marks } = schema as unknown as { nodes: Record<string, NodeType>; marks: Record<string, MarkType> }
const node = (name: string) => nodes[name]!
export const markType = (name: string) => marks[name]!

/** The innermost node of a kind around the cursor. */
export function around(state: EditorState, ...names: string[]) {
  const { $from } = state.selection
  for (let depth = $from.depth; depth > 0; depth -= 1) if (names.includes($from.node(depth).type.name)) return { node: $from.node(depth), place: $from.before(depth) }
  return undefined
}

export const hasMark = (state: EditorState, name: string): boolean => {
  const { from, $from, to, empty } = state.selection
  return empty ? Boolean(markType(name).isInSet(state.storedMarks ?? $from.marks())) : state.doc.rangeHasMark(from, to, markType(name))
}
const isBlock = (state: EditorState, name: string, attrs: Attrs | null = null) => state.selection.$from.parent.hasMarkup(node(name), attrs)

const LISTS = ['bullet_list', 'ordered_list']
/** Into a list, out of it, or from one kind to the other. */
const list = (name: string): Command => (state, dispatch) => {
  const inside = around(state, ...LISTS)
  if (!inside) return wrapInList(node(name))(state, dispatch)
  if (inside.node.type.name === name) return liftListItem(node('list_item'))(state, dispatch)
  dispatch?.(state.tr.setNodeMarkup(inside.place, node(name)))
  return true
}
const quote: Command = (state, dispatch) => (around(state, 'blockquote') ? lift(state, dispatch) : wrapIn(node('blockquote'))(state, dispatch))

/** Marks go, headings and boxes become plain paragraphs; lists and tables stay. */
const plain: Command = (state, dispatch) => {
  const { from, to, empty } = state.selection
  const change = state.tr
  if (!empty) change.removeMark(from, to)
  change.setStoredMarks([])
  state.doc.nodesBetween(from, to, (one, place) => { if (one.type.name === 'heading' || one.type.name === 'code_block') change.setBlockType(place + 1, place + 1, node('paragraph')) })
  dispatch?.(change)
  return true
}

const line: Command = (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(node('horizontal_rule').create()).scrollIntoView())
  return true
}

const block = (name: string, title: Pair, level: number | undefined, keys: string): Tool => {
  const attrs = level ? { level } : null
  const type = node(level ? 'heading' : 'paragraph')
  return { name, title, keys, on: (state) => isBlock(state, type.name, attrs), command: (state, dispatch) => setBlockType(type, attrs)(state, dispatch) || isBlock(state, type.name, attrs) }
}
const look = (name: string, title: Pair, keys?: string): Tool => ({ name, title, keys, command: toggleMark(markType(name)), on: (state) => hasMark(state, name) })
const inTable = (state: EditorState) => isInTable(state)
const inList = (state: EditorState) => around(state, ...LISTS) !== undefined

export const TOOLS: Tool[][] = [
  [
    { name: 'undo', title: ['撤销', 'Undo'], keys: 'Mod-z', command: undo },
    { name: 'redo', title: ['重做', 'Redo'], keys: 'Mod-y', command: redo },
  ],
  [
    block('paragraph', ['正文', 'Text'], undefined, 'Mod-Alt-0'),
    block('h2', ['大标题', 'Heading'], 2, 'Mod-Alt-2'),
    block('h3', ['中标题', 'Subheading'], 3, 'Mod-Alt-3'),
    block('h4', ['小标题', 'Small heading'], 4, 'Mod-Alt-4'),
  ],
  [look('strong', ['粗体', 'Bold'], 'Mod-b'), look('em', ['斜体', 'Italic'], 'Mod-i'), look('underline', ['下划线', 'Underline'], 'Mod-u'), look('strike', ['删除线', 'Strike out'])],
  [
    { name: 'bullets', title: ['项目符号', 'Bullets'], keys: 'Mod-Shift-8', command: list('bullet_list'), on: (state) => around(state, ...LISTS)?.node.type.name === 'bullet_list' },
    { name: 'numbers', title: ['编号', 'Numbers'], keys: 'Mod-Shift-7', command: list('ordered_list'), on: (state) => around(state, ...LISTS)?.node.type.name === 'ordered_list' },
    { name: 'sink', title: ['下一级', 'Further in'], keys: 'Mod-]', command: sinkListItem(node('list_item')), shown: inList },
    { name: 'raise', title: ['上一级', 'Further out'], keys: 'Mod-[', command: liftListItem(node('list_item')), shown: inList },
    { name: 'quote', title: ['样张框', 'Box'], command: quote, on: (state) => around(state, 'blockquote') !== undefined },
  ],
]
export const MORE: Tool[] = [
  { name: 'line', title: ['分隔线', 'Line'], command: line },
  { name: 'plain', title: ['清除格式', 'Plain'], keys: 'Mod-\\', command: plain },
]
export const OF_TABLE: Tool[] = [
  { name: 'row', title: ['下方加行', 'Row below'], command: addRowAfter, shown: inTable },
  { name: 'column', title: ['右侧加列', 'Column right'], command: addColumnAfter, shown: inTable },
  { name: 'no-row', title: ['删除行', 'Delete row'], command: deleteRow, shown: inTable },
  { name: 'no-column', title: ['删除列', 'Delete column'], command: deleteColumn, shown: inTable },
  { name: 'head', title: ['首行作表头', 'First row as head'], command: toggleHeaderRow, shown: inTable },
  { name: 'no-table', title: ['删除表格', 'Delete table'], command: deleteTable, shown: inTable },
]

/** Put a link on what is selected, on the link around the cursor, or on new words; no address takes the link away. */
export const setLink = (href: string | undefined, words: string): Command => (state, dispatch) => {
  const type = markType('link')
  const { from, to } = linkRange(state)
  const change = state.tr
  if (!href) change.removeMark(from, to, type)
  else if (from === to) change.replaceSelectionWith(schema.text(words || href, [type.create({ href })]), false)
  else change.removeMark(from, to, type).addMark(from, to, type.create({ href }))
  change.removeStoredMark(type)
  dispatch?.(change.scrollIntoView())
  return true
}

/** The link around the cursor as a whole, else what is selected. */
export function linkRange(state: EditorState): { from: number; to: number; href: string } {
  const { from, to, $from, empty } = state.selection
  const type = markType('link')
  const held = type.isInSet(empty ? $from.marks() : (state.doc.nodeAt(from)?.marks ?? []))
  if (!held) return { from, to, href: '' }
  if (!empty) return { from, to, href: String(held.attrs.href) }
  const parent = $from.parent
  let index = $from.index()
  if (!parent.maybeChild(index) || !held.isInSet(parent.child(index).marks)) index -= 1
  let [start, end] = [index, index + 1]
  while (start > 0 && held.isInSet(parent.child(start - 1).marks)) start -= 1
  while (end < parent.childCount && held.isInSet(parent.child(end).marks)) end += 1
  const at = (child: number) => { let place = $from.start(); for (let each = 0; each < child; each += 1) place += parent.child(each).nodeSize; return place }
  return { from: at(start), to: at(end), href: String(held.attrs.href) }
}

/** The picture that is selected. */
export const picked = (state: EditorState) => (state.selection instanceof NodeSelection && state.selection.node.type.name === 'image' ? state.selection : undefined)

export const putPicture = (attrs: Attrs): Command => (state, dispatch) => {
  const here = picked(state)
  const change = here ? state.tr.setNodeMarkup(here.from, null, { ...here.node.attrs, ...attrs }) : state.tr.replaceSelectionWith(node('image').create(attrs), false)
  dispatch?.(change.scrollIntoView())
  return true
}

/** A table after the block of the cursor; its first row is its head, and the cursor stands in the first cell. */
export const putTable = (rows: number, columns: number, caption: string): Command => (state, dispatch) => {
  const row = (name: string, head: boolean) => node('table_row').create({ head }, Array.from({ length: columns }, () => node(name).createAndFill()!))
  const table = node('table').create({ caption }, Array.from({ length: rows }, (_, place) => (place ? row('table_cell', false) : row('table_header', true))))
  const { $from } = state.selection
  const blank = $from.parent.isTextblock && !$from.parent.content.size && $from.depth === 1
  const place = blank ? $from.before(1) : $from.depth ? $from.after(1) : state.doc.content.size
  const change = state.tr
  if (blank) change.replaceWith(place, place + $from.parent.nodeSize, table)
  else change.insert(place, table)
  change.setSelection(TextSelection.near(change.doc.resolve(place + 1)))
  dispatch?.(change.scrollIntoView())
  return true
}
