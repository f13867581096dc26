// The editor's state: its keys, its history, and what holds whatever is done.
import { baseKeymap, chainCommands, exitCode } from 'prosemirror-commands'
import { gapCursor } from 'prosemirror-gapcursor'
import { history, redo } from 'prosemirror-history'
import { keymap } from 'prosemirror-keymap'
import type { Node } from 'prosemirror-model'
import { splitListItem } from 'prosemirror-schema-list'
import { type Command, EditorState, Plugin } from 'prosemirror-state'
import { goToNextCell, tableEditing } from 'prosemirror-tables'

import { schema } from './schema'
import { MORE, TOOLS } from './tools'

const newLine: Command = (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(schema.nodes.hard_break!.create()).scrollIntoView())
  return true
}

/** After a table or a box at the end there is a line to write on. */
const lastLine = new Plugin({
  appendTransaction: (changes, _before, state) => {
    const last = state.doc.lastChild?.type.name
    return changes.some((one) => one.docChanged) && last !== 'paragraph' && last !== 'heading' ? state.tr.insert(state.doc.content.size, schema.nodes.paragraph!.create()) : null
  },
})

/** Tab leaves the editor as it leaves any field, but for the cells of a table. */
export function begin(doc: Node, own: Record<string, Command>): EditorState {
  const keys = Object.fromEntries([...TOOLS.flat(), ...MORE].flatMap((one) => (one.keys ? [[one.keys, one.command]] : [])))
  return EditorState.create({
    doc,
    plugins: [
      keymap(own),
      keymap({ ...keys, 'Mod-Shift-z': redo, Tab: goToNextCell(1), 'Shift-Tab': goToNextCell(-1), Enter: splitListItem(schema.nodes.list_item!), 'Shift-Enter': chainCommands(exitCode, newLine), 'Mod-Enter': exitCode }),
      keymap(baseKeymap),
      history(),
      gapCursor(),
      tableEditing(),
      lastLine,
    ],
  })
}
