// Keys of the page that stands: each part says which it knows; one listener hears them; `?` lists them.
import { onBeforeUnmount, onMounted, ref, shallowReactive } from 'vue'

import { asking } from './asking'
import type { Pair } from './wording'

export interface Key {
  key: string
  title: Pair
  run: () => void
  /** Asked before the key is listed or does anything. */
  when?: () => boolean
}

interface Part { keys: Key[]; place: () => HTMLElement | null | undefined }

const parts = shallowReactive<Part[]>([])
export const helping = ref(false)

const able = (one: Key) => one.when?.() ?? true

/** Offer keys while the part stands; of several parts with one key the part with the focus has it, else the first. */
export function useKeys(keys: Key[], place: Part['place'] = () => undefined): void {
  const part = { keys, place }
  onMounted(() => { parts.push(part) })
  onBeforeUnmount(() => { parts.splice(parts.indexOf(part), 1) })
}

/** What can be pressed now, each key once. */
export function offered(): Key[] {
  const found = new Map<string, Key>()
  for (const one of parts.flatMap((part) => part.keys)) if (able(one) && !found.has(one.key)) found.set(one.key, one)
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
