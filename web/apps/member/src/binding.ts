// A binding under way, as the services tell it to the device that began it.
import type { Tokens } from '@huzhu/shared'

export interface Binding {
  id: string
  state: 'face' | 'other_ways' | 'bound' | 'ended'
  purpose: string
  token: string
  face_tries_left: number
  bank_tries_left: number
  other_ways: string[]
  contact: Record<string, string | null>
  document_number: string
  mobile: string
  name: string
  /** After a check that was not passed: that it failed, why, and what to do now. */
  message?: string | null
  tokens?: Tokens | null
}
