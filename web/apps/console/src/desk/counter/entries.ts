// What the counter took in: an entry is made here with its own id and key, so that however often it is sent it is one claim.
import type { Values } from '@huzhu/shared'

/** draft: not saved by its writer yet. waiting: on this device only. taken: with the service, not submitted yet. changed: with the service, corrected here.
    refused: the service would not take it. incomplete: taken in, but not to be submitted like this. */
export type EntryState = 'draft' | 'waiting' | 'taken' | 'changed' | 'done' | 'refused' | 'incomplete'

export interface Sealed { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer }

/** A paper of an entry; its bytes lie sealed beside the entry until the service has them. */
export interface IntakePaper { id: string; rule: string; stay: number; name: string; type: string; modified: number; document?: string; receipt?: string; stored_at?: number; handed?: boolean }

/** What was filled in; personal, so it is kept sealed only. */
export interface Intake {
  kind: string
  title: string
  name: string
  document_number: string
  relation: string
  stays: number
  values: Values
  papers: IntakePaper[]
  /** Places that the service has a value for and shows it partly hidden: left empty they stay as they are. */
  held?: string[]
  /** It was taken up from the service, which has these values; the ids of its handed papers are those of the documents. */
  base?: Values
  /** The legal heir who is paid where the person has died, and what the service holds of one, partly hidden. */
  heir?: Values | undefined
  heir_held?: Values | undefined
}

export interface Fault { field: string; message: string }

export interface Entry {
  id: string
  /** Idempotency-Key of taking it in; a new one only when what is sent has changed after a refusal. */
  key: string
  owner: string
  tenant: string
  taken_at: string
  state: EntryState
  /** It was sent once: the service may have it as it stood then. */
  sent?: boolean | undefined
  /** Title and masked name: what the list may show. */
  title: string
  hint: string
  number?: string | undefined
  problem?: string | undefined
  faults?: Fault[] | undefined
  /** Gone once everything is with the service. */
  form?: Sealed | undefined
  /** What is being typed and was not saved yet; a reload goes on with it. */
  draft?: Sealed | undefined
}

/** What is wrong place by place, without what the sentence above says already. */
export const faultsBeside = (entry: Entry): Fault[] => (entry.faults ?? []).filter((one) => one.message !== entry.problem)

export const emptyIntake = (): Intake => ({ kind: '', title: '', name: '', document_number: '', relation: '', stays: 1, values: {}, papers: [] })
export const maskedName = (name: string): string => (name ? `${name[0]}${'*'.repeat(Math.max(1, name.length - 1))}` : '')
