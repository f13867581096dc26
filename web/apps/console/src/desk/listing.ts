// How a list is described: its columns and filters.
import { type Pair, said } from './wording'

export interface Column<T> {
  name: string
  title: Pair
  text: (row: T) => string
  to?: (row: T) => string | undefined
  tone?: (row: T) => 'success' | 'warning' | 'danger' | 'info' | 'primary' | undefined
  number?: boolean
  /** A long value is cut, and read whole by pointing at it or by Tab: it must not push the other columns away. */
  cut?: boolean
  /** Its lines may break where they are long; else a cell of several lines is never broken. */
  wraps?: boolean
  /** More about the cell, for who points at it. */
  hint?: (row: T) => string | undefined
}

export interface Choice { value: string; label: Pair }

export interface ListFilter {
  name: string
  label: Pair
  options?: readonly Choice[]
  type?: 'text' | 'date' | 'month'
  /** What the list does where none of the options is chosen; without it: everything is shown. */
  unchosen?: Pair
  /** Names a person: never in the address. */
  hidden?: boolean
}

/** What a coded value is called; the code itself where the list does not know it. */
export const titled = (choices: readonly Choice[], value: string): string => { const found = choices.find((one) => one.value === value); return found ? said(found.label) : value }
