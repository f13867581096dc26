// How people are related: to a member on file, and of the member to them where the member applies for them.
export const RELATIONS = ['spouse', 'child', 'parent', 'sibling', 'colleague', 'other'] as const

const SEEN_FROM_THERE: Record<string, string> = { spouse: 'spouse', child: 'parent', parent: 'child', sibling: 'sibling', colleague: 'colleague' }
/** What the member is to somebody who is this to the member: the parent of a child; empty where it does not follow. */
export const fromThere = (relation: string): string => SEEN_FROM_THERE[relation] ?? ''
