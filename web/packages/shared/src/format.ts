// Money, days and moments as people read them here; amounts stay strings (no binary fractions).
import { preferences } from './preferences'
import type { Wording } from './tenant'

/** "1234.5" → "1,234.50"; what is missing is a dash. */
export function money(amount: string | number | null | undefined): string {
  if (amount === null || amount === undefined || amount === '') return '—'
  const [whole = '0', cents = ''] = String(amount).split('.')
  const sign = whole.startsWith('-') ? '-' : ''
  const grouped = whole.replace('-', '').replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}${grouped}.${cents.padEnd(2, '0').slice(0, 2)}`
}

/** A day as it stands: "2026-05-01"; of a moment, the day that it was at the unions. */
export const day = (date: string | null | undefined): string =>
  (date && date.length > 10 ? moment(date) : date)?.slice(0, 10) ?? '—'

/** A moment on the clock of the unions (Asia/Shanghai), wherever the browser is. */
export function moment(instant: string | null | undefined): string {
  if (!instant) return '—'
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' })
  return parts.format(new Date(instant))
}

/** Today as the unions count it. */
export const unionDay = (): string => moment(new Date().toISOString()).slice(0, DAY)

/** From when until when; an end at midnight is the whole day before it, a day that both are on is said once. What is open on both sides is one dash. */
export function span(from: string | null | undefined, until: string | null | undefined): string {
  if (!from || !until) return from ? moment(from) : until ? lastOf(until) : '—'
  const [first, last] = [moment(from), lastOf(until)]
  if (last.length > DAY && last.slice(0, DAY) === first.slice(0, DAY)) return `${first}–${last.slice(DAY + 1)}`
  return `${last.length === DAY && first.endsWith(MIDNIGHT) ? first.slice(0, DAY) : first} — ${last}`
}
const DAY = 10
const MIDNIGHT = ' 00:00'
const lastOf = (until: string) => (moment(until).endsWith(MIDNIGHT) ? moment(new Date(Date.parse(until) - 1).toISOString()).slice(0, DAY) : moment(until))

/** A share as a percentage: "0.8125" → "81.3%". */
export function percent(share: string | number | null | undefined): string {
  return share === null || share === undefined ? '—' : `${(Number(share) * 100).toFixed(1)}%`
}

/** A whole number with separators. */
export const count = (value: number | null | undefined): string => (value ?? 0).toLocaleString('en-US')

/** Seconds as people say them. */
export function duration(seconds: number): string {
  const english = inEnglish()
  if (seconds < 60) return english ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds)} 秒`
  return english ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 60)} 分钟`
}

const inEnglish = () => preferences.language === 'en'

/** A text of a pack or a service, in the language chosen. */
export const worded = (text: Wording | undefined): string => (text ? (inEnglish() ? text.en : text.zh) : '')

/** Several things in one line, as the language joins them. */
export const listed = (things: readonly string[]): string => things.join(inEnglish() ? ', ' : '、')

/** Several sentences in one line. */
export const strung = (sentences: readonly (string | null | undefined)[]): string => sentences.join(inEnglish() ? '; ' : '；')

/** What stands before a value: "地点：", "Place: ". */
export const labelled = (label: string): string => `${label}${inEnglish() ? ': ' : '：'}`
