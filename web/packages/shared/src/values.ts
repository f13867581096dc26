// Whether what was typed fits its field of a form: the rules of the services (common.forms, claims.intake.rules.checks), for where
// no service can be asked. values.samples.json holds both to one answer, in the same words.
import type { ClaimsKindField, ClaimsKindRead } from './api'
import { fieldsAt, placeOf, type Values, WHOLE } from './forms'
import { bankNameFault, numberFault } from './numbers'
import type { Wording } from './tenant'

type Typed = Pick<ClaimsKindField, 'type'> & Partial<Pick<ClaimsKindField, 'minimum' | 'maximum' | 'max_length'>>

const words = (zh: string, en: string): Wording => ({ zh, en })
const AMOUNT = /^\d{1,40}(\.\d{1,40})?$/
const LARGEST = 12
const [TEXT, LONG_TEXT] = [200, 2000]

/** An amount in whole cents, for sums without binary fractions; undefined where it is none. */
export function centsOf(text: string): bigint | undefined {
  const digits = text.replace(/,/g, '').trim()
  if (!AMOUNT.test(digits)) return undefined
  const [whole = '', fraction = ''] = digits.split('.')
  if (BigInt(whole) >= 10n ** BigInt(LARGEST) || /[1-9]/.test(fraction.slice(2))) return undefined
  return BigInt(whole + fraction.slice(0, 2).padEnd(2, '0'))
}

/** A day written 2026-01-31 that the calendar has. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < '0001') return false
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

function amountFault(field: Typed, value: string): Wording | undefined {
  const whole = field.type === 'integer'
  if (whole ? !/^\d{1,9}$/.test(value) : centsOf(value) === undefined) {
    return whole ? words('请填写整数。', 'Enter a whole number.') : words('请填写金额，最多两位小数，例如 600.00。', 'Enter an amount with at most two decimals, such as 600.00.')
  }
  const number = Number(value.replace(/,/g, ''))
  if (field.minimum != null && number < Number(field.minimum)) return words(`不能小于 ${field.minimum}。`, `Must be at least ${field.minimum}.`)
  if (field.maximum != null && number > Number(field.maximum)) return words(`不能大于 ${field.maximum}。`, `Must be at most ${field.maximum}.`)
  return undefined
}

/** What is wrong with a value by the type of its field; what is empty is not wrong. */
export function valueFault(field: Typed, text: string): Wording | undefined {
  const value = text.trim()
  if (!value || field.type === 'choice' || field.type === 'yes_no') return undefined
  if (field.type === 'money' || field.type === 'integer') return amountFault(field, value)
  if (field.type === 'date') return isDay(value) ? undefined : words('日期格式应为 2026-01-31。', 'Write 2026-01-31.')
  if (field.type === 'id_number' || field.type === 'mobile' || field.type === 'bank_card' || field.type === 'credit_code') return numberFault(field.type, value)
  if (field.type === 'bank_name' && bankNameFault(value)) return bankNameFault(value)
  const most = field.max_length ?? (field.type === 'long_text' ? LONG_TEXT : TEXT)
  return [...value].length > most ? words(`最多 ${most} 个字符。`, `At most ${most} characters.`) : undefined
}

/** The payments that sum to the total, and by how many cents they may miss it. */
const PARTS = ['pooled_paid', 'other_paid', 'account_paid', 'cash_paid']
const TOLERANCE = 5n
const LONGEST_STAY = 1100
const DAY = 86_400_000
const between = (first: string, last: string): number => (Date.parse(last) - Date.parse(first)) / DAY
const yuan = (cents: bigint): string => `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`

interface Read { value: string; place: string }

function readAt(kind: ClaimsKindRead, stay: number, values: Values): Map<string, Read> {
  const fields = fieldsAt(kind, stay, values).filter((one) => one.input)
  return new Map(fields.map((one) => [one.input!, { value: (values[placeOf(one.code, stay)] ?? '').trim(), place: placeOf(one.code, stay) }]))
}
const dayIn = (read: Map<string, Read>, name: string): Read | undefined => (isDay(read.get(name)?.value ?? '') ? read.get(name) : undefined)

function dayFaults(read: Map<string, Read>, today: string): [string, Wording][] {
  const days = [...read.keys()].filter((name) => name.endsWith('_date')).map((name) => dayIn(read, name)).filter((one) => one !== undefined)
  const found: [string, Wording][] = days.filter((one) => one.value > today).map((one) => [one.place, words('日期不能晚于今天，请核对。', 'The day is in the future. Check it.')])
  const [admitted, discharged] = [dayIn(read, 'admission_date'), dayIn(read, 'discharge_date')]
  const nights = admitted && discharged ? between(admitted.value, discharged.value) : 0
  if (discharged && (nights < 0 || nights > LONGEST_STAY)) found.push([discharged.place, words('出院日期应不早于入院日期，请核对。', 'The discharge is before the admission. Check both.')])
  return found
}

function sumFault(read: Map<string, Read>): [string, Wording][] {
  const total = read.get('total_cost')
  const most = total && centsOf(total.value)
  const parts = PARTS.reduce((sum, name) => sum + (centsOf(read.get(name)?.value ?? '') ?? 0n), 0n)
  if (!total || most === undefined || parts <= most + TOLERANCE) return []
  return [[total.place, words(`各项支付之和 ${yuan(parts)} 元大于金额合计 ${yuan(most)} 元，请对照票据核对。`, `The payments sum to ${yuan(parts)} yuan, more than the total of ${yuan(most)}. Check them against the receipt.`)]]
}

interface Span { stay: number; from: string; until: string }
const share = (one: Span, other: Span): boolean => one.from === other.from || (one.from < other.until && other.from < one.until)

function stayFaults(reads: [number, Map<string, Read>][]): [string, Wording][] {
  const found: [string, Wording][] = []
  const before: string[] = []
  const spans: Span[] = []
  for (const [stay, read] of reads) {
    const [admitted, discharged] = [dayIn(read, 'admission_date'), dayIn(read, 'discharge_date')]
    if (!admitted) continue
    const span = discharged && discharged.value >= admitted.value ? { stay, from: admitted.value, until: discharged.value } : undefined
    const other = span && spans.find((one) => share(one, span))
    if (before.includes(admitted.value)) found.push([admitted.place, words('两次住院的入院日期相同，请合并为一次。', 'Two stays begin on the same day. Make one of them.')])
    else if (other) {
      found.push([admitted.place, words(
        `第 ${stay} 次住院（${span.from} 至 ${span.until}）与第 ${other.stay} 次住院（${other.from} 至 ${other.until}）日期重叠；请核对入院、出院日期，同一次住院请合并为一次。`,
        `Stay ${stay} (${span.from} to ${span.until}) overlaps stay ${other.stay} (${other.from} to ${other.until}). Check the days of both; if they are one stay, make one of them.`,
      )])
    }
    before.push(admitted.value)
    if (span) spans.push(span)
  }
  return found
}

/** What is wrong with the values of a form, by place: each by itself, and days and amounts beside each other. `today`: the unions' day. */
export function formFaults(kind: ClaimsKindRead, stays: readonly number[], values: Values, today: string): Map<string, Wording> {
  const parts = [WHOLE, ...stays]
  const reads = parts.map((stay): [number, Map<string, Read>] => [stay, readAt(kind, stay, values)])
  const each = parts.flatMap((stay) => fieldsAt(kind, stay, values).map((field): [string, Wording | undefined] => [placeOf(field.code, stay), valueFault(field, values[placeOf(field.code, stay)] ?? '')]))
  const all = [...each, ...reads.flatMap(([, read]) => [...dayFaults(read, today), ...sumFault(read)]), ...stayFaults(reads.slice(1))]
  const found = new Map<string, Wording>()
  for (const [place, fault] of all) if (fault && !found.has(place)) found.set(place, fault)
  return found
}
