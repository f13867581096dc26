// Keys of the page that stands: each part says which it knows; one listener hears them; `?` lists them.
import { onBeforeUnmount, onMounted, ref, shallowReactive } from 'vue'

import { asking } from './asking'
import { type Pair, said, say } from './wording'

export interface Key {
  key: string
  title: Pair
  run: () => void
  /** Asked before the key does anything. */
  when?: () => boolean
  /** Asked before it is listed, where that is sooner: it can be pressed once another key has led there. */
  listed?: () => boolean
}

interface Part { keys: Key[]; place: () => HTMLElement | null | undefined }

const parts = shallowReactive<Part[]>([])
export const helping = ref(false)

const able = (one: Key) => one.when?.() ?? true
const isListed = (one: Key) => (one.listed ?? one.when)?.() ?? true

const NAMES: Record<string, Pair> = { Enter: ['回车', 'Enter'], ArrowDown: ['↓', '↓'], ArrowUp: ['↑', '↑'] }
/** What stands on the key. */
export const keyName = (key: string): string => (NAMES[key] ? said(NAMES[key]) : key.length === 1 ? key.toUpperCase() : key)
/** The keys of a page in a line: those that its help lists, no others. */
export const keyLine = (keys: readonly Key[]): string => keys.filter(isListed).map((one) => `${keyName(one.key)} ${said(one.title)}`).join(say('，', ', '))

/** Offer keys while the part stands; of several parts with one key the part with the focus has it, else the first. */
export function useKeys(keys: Key[], place: Part['place'] = () => undefined): void {
  const part = { keys, place }
  onMounted(() => { parts.push(part) })
  onBeforeUnmount(() => { parts.splice(parts.indexOf(part), 1) })
}

/** What can be pressed on this page, each key once. */
export function offered(): Key[] {
  const found = new Map<string, Key>()
  for (const one of parts.flatMap((part) => part.keys)) if (isListed(one) && !found.has(one.key)) found.set(one.key, one)
  return [...found.values()]
}

const TYPING = 'input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable], [role="dialog"]'

/** Do what a key asks for, unless something is typed, a dialog is open, or the key belongs to the browser. */
export function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || asking.value || helping.value) return
  if ((event.target as HTMLElement).closest?.(TYPING)) return
  if (event.key === '?') { helping.value = true; return }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const having = parts.filter((part) => part.keys.some((one) => one.key === key && able(one)))
  const part = having.find((one) => one.place()?.contains(document.activeElement)) ?? having[0]
  const found = part?.keys.find((one) => one.key === key && able(one))
  if (!found) return
  event.preventDefault()
  found.run()
}
