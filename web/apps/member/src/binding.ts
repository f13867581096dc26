// A binding under way, as the services tell it to the device that began it.
import type { Tokens } from '@huzhu/shared'

export type BindingPurpose = 'bind' | 'recover' | 'change_mobile'

export interface Binding {
  id: string
  state: 'face' | 'other_ways' | 'bound' | 'ended'
  purpose: BindingPurpose
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

/** What each purpose is called, what is said once it is done, and where it begins. */
export const PURPOSES: Record<BindingPurpose, { title: string; done: string; words: string; begins: string; back: string }> = {
  bind: { title: 'member.bind', done: 'member.bound', words: 'member.boundWords', begins: '/bind', back: '/sign-in' },
  recover: { title: 'member.recoverTitle', done: 'member.recovered', words: 'member.recoveredWords', begins: '/recover', back: '/sign-in' },
  change_mobile: { title: 'mine.changeMobile', done: 'member.mobileMoved', words: 'member.mobileMovedWords', begins: '/me/security', back: '/me/security' },
}

/** Where somebody goes on whom the register knows otherwise than they thought: what it is called, and the page. */
export const INSTEAD: Record<string, { title: string; path: string }> = {
  'member.not_bound': { title: 'member.toBind', path: '/bind' },
  'member.already_bound': { title: 'member.toRecover', path: '/recover' },
  'mobile.already_registered': { title: 'member.toSignIn', path: '/sign-in' },
}
