// What a clerk puts into a text by a dialog: a link, a picture with what it shows, a table.
import type { Command, EditorState } from 'prosemirror-state'
import { isInTable } from 'prosemirror-tables'

import { Problem } from '@huzhu/shared'

import { ask, type Field, filesOf, textOf } from '../desk/asking'
import { keepPicture } from '../desk/contents'
import { say } from '../desk/wording'
import { linkTo } from './schema'
import { hasMark, linkRange, picked, putPicture, putTable, setLink, type Tool } from './tools'

type Act = (command: Command) => void
const UNPROCESSABLE = 422
const MOST = { rows: 50, columns: 8 }
const ALT: Field = { name: 'alt', label: ['图片说明（读屏时读出）', 'What the picture shows (read out by screen readers)'], optional: true }

/** An uploaded picture as it stands in a text. */
export async function uploaded(key: string, file: File, alt = ''): Promise<Record<string, string>> {
  const kept = await keepPicture(key, file)
  return { src: kept.url, alt, width: String(kept.width), height: String(kept.height) }
}

function askPicture(state: EditorState, act: Act): void {
  const here = picked(state)
  if (here) {
    ask({ title: ['图片说明', 'What the picture shows'], fields: [{ ...ALT, value: String(here.node.attrs.alt) }], work: async (_key, values) => textOf(values.alt) ?? '', finished: (alt) => act(putPicture({ alt })) })
    return
  }
  ask({
    title: ['插入图片', 'Insert a picture'],
    fields: [{ name: 'file', label: ['图片（JPG、PNG、WebP、GIF，10 MB 以内）', 'Picture (JPG, PNG, WebP, GIF, at most 10 MB)'], type: 'file', accept: 'image/*' }, ALT],
    work: (key, values) => uploaded(key, filesOf(values.file)[0]!, textOf(values.alt)),
    finished: (attrs) => act(putPicture(attrs as Record<string, string>)),
  })
}

export function askLink(state: EditorState, act: Act): void {
  const { from, to, href } = linkRange(state)
  const address: Field = { name: 'href', label: ['网址、电话（tel:12351）或邮箱（mailto:…）', 'Address, phone (tel:12351) or mail (mailto:…)'], value: href, optional: Boolean(href), help: href ? ['清空则去掉链接', 'Leave it empty to take the link away'] : undefined }
  const words: Field = { name: 'words', label: ['显示的文字', 'Words to be shown'], optional: true }
  ask({
    title: href ? ['修改链接', 'Change the link'] : ['插入链接', 'Insert a link'],
    fields: from === to ? [address, words] : [address],
    work: async (_key, values) => {
      const typed = textOf(values.href)
      const wanted = typed && linkTo(typed)
      if (typed && !wanted) {
        const message = say('链接不对。请填网址（如 https://www.example.cn）、tel: 加电话号码或 mailto: 加邮箱。', 'This leads nowhere. Give an address (https://www.example.cn), tel: and a number, or mailto: and an address.')
        throw new Problem(UNPROCESSABLE, 'link.wrong', say('请改正标出的一项。', 'Correct what is marked.'), [{ field: 'href', message }])
      }
      return setLink(wanted, textOf(values.words) ?? '')
    },
    finished: (command) => act(command as Command),
  })
}

const sized = (typed: unknown, most: number) => Math.min(Math.max(Math.trunc(Number(typed)) || 1, 1), most)
function askTable(act: Act): void {
  ask({
    title: ['插入表格', 'Insert a table'],
    fields: [
      { name: 'rows', label: ['行数（含表头）', 'Rows with the head'], type: 'number', value: 3 },
      { name: 'columns', label: ['列数', 'Columns'], type: 'number', value: 2, help: ['手机上两三列最好读', 'Two or three columns read best on a phone'] },
      { name: 'caption', label: ['表格标题', 'Title of the table'], optional: true },
    ],
    work: async (_key, values) => putTable(sized(values.rows, MOST.rows), sized(values.columns, MOST.columns), textOf(values.caption) ?? ''),
    finished: (command) => act(command as Command),
  })
}

/** The tools that ask first. `act` does to the text what was answered. */
export function insertingTools(act: Act): Tool[] {
  const opens = (open: (state: EditorState) => void): Command => (state, dispatch) => { if (dispatch) open(state); return true }
  return [
    { name: 'link', title: ['链接', 'Link'], keys: 'Mod-k', command: opens((state) => askLink(state, act)), on: (state) => hasMark(state, 'link') },
    { name: 'picture', title: ['图片', 'Picture'], command: opens((state) => askPicture(state, act)), shown: (state) => !picked(state) },
    { name: 'alt', title: ['图片说明', 'Describe picture'], command: opens((state) => askPicture(state, act)), shown: (state) => picked(state) !== undefined },
    { name: 'table', title: ['表格', 'Table'], command: opens(() => askTable(act)), shown: (state) => !isInTable(state) },
  ]
}
