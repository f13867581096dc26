import { expect, it } from 'vitest'

import { mineOf } from './waiting'

it('counts what waits at one\'s own nodes only', () => {
  const node = (name: string, mine: boolean, waiting: number, overdue: number) => ({
    kind: 'hospital', title: '住院', node: name, node_title: name, role: name, mine, waiting, taken: 0, overdue, oldest: '2026-11-01T00:00:00Z', average_days: 1,
  })
  const mine = mineOf({ waiting: 7, overdue: 3, nodes: [node('first-check', false, 5, 2), node('review', true, 2, 1)] })
  expect([mine.waiting, mine.overdue, mine.nodes.map((one) => one.node)]).toEqual([2, 1, ['review']])
})
