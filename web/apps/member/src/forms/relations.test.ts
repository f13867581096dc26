import { describe, expect, it } from 'vitest'

import { fromThere, RELATIONS } from './relations'

describe('how people are related', () => {
  it('is seen from the other side', () => expect(['parent', 'child', 'spouse', 'sibling'].map(fromThere)).toEqual(['child', 'parent', 'spouse', 'sibling']))
  it('does not follow from what is not said', () => expect(['other', 'self', 'x'].map(fromThere)).toEqual(['', '', '']))
  it('names nobody as oneself', () => expect(RELATIONS).not.toContain('self'))
})
