// Every action that needs an answer first goes through one dialog: fields, typed words, one run at a time.
import { shallowRef } from 'vue'

import { newKey } from '@huzhu/shared'

import { type Pair, said, say } from './wording'

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
  /** The id of what the dialog is about, or what it makes: what was typed is kept under its title and this until it is sent. */
  about?: string
  text?: string
  fields?: Field[]
  submit?: Pair
  /** Words to be typed before something that cannot be undone, or weighs as much. */
  words?: string
  /** It can be taken back, and is confirmed with words for its weight alone. */
  reversible?: boolean
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

/** What is said with a decision has one limit in all services (`common.opinions`). */
export const MOST_WORDS = 500
const SAID = new Set(['opinion', 'reason', 'answer'])
/** How many characters a field takes; undefined where the dialog knows no limit. */
export const mostOf = (field: Field): number | undefined => (SAID.has(field.name) && ['text', 'long'].includes(field.type ?? 'text') ? MOST_WORDS : undefined)
/** As services count: a character is one, also where it takes two places in a text of JavaScript. */
export const lengthOf = (value: Value): number => (typeof value === 'string' ? [...value.trim()].length : 0)
/** A reason or an answer says something: a single character is refused by the services. */
const LEAST_WORDS = 2
const REASONED = new Set(['reason', 'answer'])
/** What is said at a field in which too little or too much was written; nothing of it is cut. */
export function wrongLengthOf(field: Field, value: Value): string | undefined {
  const [most, length] = [mostOf(field), lengthOf(value)]
  if (most !== undefined && REASONED.has(field.name) && length > 0 && length < LEAST_WORDS) return say(`至少写 ${LEAST_WORDS} 个字。`, `At least ${LEAST_WORDS} characters.`)
  return most !== undefined && length > most ? say(`最多 ${most} 个字符，现有 ${length} 个，请删减 ${length - most} 个。`, `At most ${most} characters: there are ${length}, take ${length - most} out.`) : undefined
}

const filled = (value: Value) => value !== undefined && value !== null && (typeof value === 'string' ? value.trim() !== '' : !Array.isArray(value) || value.length > 0)
/** What a field begins with. */
export const startOf = (field: Field): Value => field.value ?? (field.type === 'checks' ? [] : undefined)
/** Whether a field that must be filled in is not. */
export const emptyOf = (field: Field, value: Value): boolean => !field.optional && field.type !== 'switch' && !filled(value)
/** What is asked for at a field that was left empty. */
export function gapOf(field: Field): string {
  // What a label adds in brackets belongs to the label.
  const name = said(field.label).replace(/\s*[（(].*[）)]$/, '')
  if (field.type === 'file') return say(`请选择文件：${name}。`, `Choose a file: ${name}.`)
  return field.type === 'select' || field.type === 'checks' || field.type === 'date' || field.type === 'moment' ? say(`请选择${name}。`, `Choose: ${name}.`) : say(`请填写${name}。`, `Fill in: ${name}.`)
}
/** Passwords and files are not kept on the device. */
const keeps = (field: Field) => field.type !== 'file' && field.type !== 'password'
/** What differs from the values that the fields began with, as far as it is kept. */
export const changedOf = (fields: readonly Field[], values: Values): Values => Object.fromEntries(fields.filter((field) => keeps(field) && JSON.stringify(values[field.name] ?? '') !== JSON.stringify(startOf(field) ?? '')).map((field) => [field.name, values[field.name]]))
/** What was kept of a field; a choice that is not offered any more is not taken up again. */
export function keptOf(field: Field, kept: Values | undefined): Value {
  const value = kept?.[field.name]
  if (!keeps(field) || !field.options) return keeps(field) ? value : undefined
  const offered = new Set(field.options.map((option) => option.value))
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string' && offered.has(one)) : offered.has(String(value)) ? value : undefined
}

/** Why an account or a branch is closed, for the audit log. */
export const whyClosed = (): Field => ({ name: 'reason', label: ['停用原因', 'Reason'], type: 'long', help: ['记入审计日志，不能更改；例如：已调离、重复开户。不要写病情等隐私。', 'Kept in the audit log for good, such as: has left. Nothing private, such as an illness.'] })

/** A typed text, trimmed; undefined when nothing was typed. */
export const textOf = (value: Value): string | undefined => (typeof value === 'string' ? value.trim() || undefined : value === undefined ? undefined : String(value))
/** What was typed as it is compared: full-width letters and digits as plain ones, without the marks and separators that people copy along. */
const plain = (typed: string): string => typed.normalize('NFKC').replace(/[,\s¥元]/g, '')
/** A typed amount as a number is written. */
export const amountOf = (value: Value): string | undefined => plain(textOf(value) ?? '') || undefined
/** Whether the words before something final were typed; a sum is the same sum however it is written. */
export function sameWords(typed: string, asked: string): boolean {
  const [mine, theirs] = [plain(typed), plain(asked)]
  const sum = /^\d{1,13}(\.\d{1,2})?$/
  return mine === theirs || (sum.test(mine) && sum.test(theirs) && Number(mine) === Number(theirs))
}
export const filesOf = (value: Value): File[] => (Array.isArray(value) ? value.filter((one): one is File => one instanceof File) : [])
/** A value to begin with; what is shown partly hidden must be typed anew, or it would be saved with its stars. */
export const begun = (value: string | null | undefined): string => (value && !value.includes('*') ? value : '')
