// The plain marks that packs write their texts with: headings, lists, bold. Text only, never markup of the writer's.
export interface Span { text: string; strong: boolean }
export interface Block { kind: 'h' | 'p' | 'ul' | 'ol'; lines: Span[][] }

function spansOf(line: string): Span[] {
  return line
    .split(/\*\*(.+?)\*\*/)
    .map((text, place) => ({ text, strong: place % 2 === 1 }))
    .filter((span) => span.text !== '')
}

function kindOf(line: string): [Block['kind'], string] {
  const marked = /^\s*(?:(#{1,6})\s+|([-*])\s+|(\d+)[.、]\s*)(.*)$/.exec(line)
  if (!marked) return ['p', line.trim()]
  return [marked[1] ? 'h' : marked[2] ? 'ul' : 'ol', marked[4] ?? '']
}

/** Return the blocks of a text; lines of a list that follow each other are one list. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  let apart = true
  for (const line of text.split('\n')) {
    if (!line.trim()) {
      apart = true
      continue
    }
    const [kind, words] = kindOf(line)
    const last = blocks.at(-1)
    const list = last && (last.kind === 'ul' || last.kind === 'ol')
    // A line that goes on belongs to what it follows.
    if (kind === 'p' && last && !apart && last.kind !== 'h') last.lines.at(-1)?.push(...spansOf(words))
    else if (list && last.kind === kind) last.lines.push(spansOf(words))
    else blocks.push({ kind, lines: [spansOf(words)] })
    apart = false
  }
  return blocks
}
