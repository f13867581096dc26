import { describe, expect, it } from 'vitest'

import { blocksOf } from './prose'

describe('a text of a pack', () => {
  it('is paragraphs, lists and bold words', () => {
    const blocks = blocksOf('## 说明\n第一段\n接着\n\n- **缴费**：每年\n- 住院\n  续行\n\n1. 一\n2. 二')
    expect(blocks.map((one) => [one.kind, one.lines.length])).toEqual([['h', 1], ['p', 1], ['ul', 2], ['ol', 2]])
    expect(blocks[2]?.lines[0]).toEqual([{ text: '缴费', strong: true }, { text: '：每年', strong: false }])
    expect(blocks[1]?.lines[0]?.map((one) => one.text).join('')).toBe('第一段接着')
  })

  it('never becomes markup', () => {
    expect(blocksOf('<script>x</script>')[0]?.lines[0]?.[0]?.text).toBe('<script>x</script>')
  })
})
