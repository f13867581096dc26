// Every action that needs an answer first goes through one dialog: fields, typed words, one run at a time.
import { shallowRef } from 'vue'

import { newKey } from '@huzhu/shared'

import type { Pair } from './wording'

export type Value = string | number | boolean | File[] | string[] | undefined
export type Values = Record<string, Value>

export interface Field {
  name: string
  label: Pair
  type?: 'text' | 'long' | 'number' | 'date' | 'moment' | 'select' | 'checks' | 'file' | 'password' | 'switch'
  /** Of `checks`: what may not be changed stays as it is. */
  options?: readonly { value: string; label: string; fixed?: boolean }[]
  optional?: boolean
  help?: Pair
  value?: Value
  accept?: string
  multiple?: boolean
}

export interface Asking {
  title: Pair
  text?: string
  fields?: Field[]
  submit?: Pair
  /** Words to be typed before something that cannot be undone. */
  words?: string
  danger?: boolean
  done?: Pair
  work: (key: string, values: Values) => Promise<unknown>
  finished?: (answer: unknown) => void
}

/** `id`: each opening of the dialog is an action of its own. */
export const asking = shallowRef<Asking & { id: string }>()

/** Open the dialog. */
export function ask(wanted: Asking): void {
  asking.value = { ...wanted, id: newKey() }
}

/** A typed text, trimmed; undefined when nothing was typed. */
export const textOf = (value: Value): string | undefined => (typeof value === 'string' ? value.trim() || undefined : value === undefined ? undefined : String(value))
/** A typed amount as a number is written: without the marks and separators that people copy along. */
export const amountOf = (value: Value): string | undefined => textOf(value)?.normalize('NFKC').replace(/[,\s¥元]/g, '') || undefined
export const filesOf = (value: Value): File[] => (Array.isArray(value) ? value.filter((one): one is File => one instanceof File) : [])
/** A value to begin with; what is shown partly hidden must be typed anew, or it would be saved with its stars. */
export const begun = (value: string | null | undefined): string => (value && !value.includes('*') ? value : '')
