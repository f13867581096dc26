// Who is signed in on this device, for one union and one app: tokens, refresh, sign-out.
import { computed, reactive } from 'vue'

import { read, write } from './keep'
import { newKey } from './key'

export interface Account {
  id: string
  kind: string
  tenant: string
  roles: string[]
  permissions: string[]
  unit_id?: string | null
  person_id?: string | null
  org_path: string
  /** The password was chosen by somebody else: until it is changed the account has no roles. */
  password_due?: boolean
}

export interface Tokens {
  access_token: string
  refresh_token: string
  expires_in: number
  account: Account
}

interface State {
  tenant: string
  tokens: Tokens | undefined
  expiresAt: number
  ended: boolean
}

const state = reactive<State>({ tenant: '', tokens: undefined, expiresAt: 0, ended: false })
let app = 'app'
let refreshing: Promise<boolean> | undefined

const place = () => `${app}.session.${state.tenant}`

/** Choose the union whose pages these are, and take up its session if there is one. */
export function enterTenant(name: string, tenant: string): void {
  app = name
  state.tenant = tenant
  const kept = tenant ? read<{ tokens: Tokens; expiresAt: number }>(place()) : undefined
  state.tokens = kept?.tokens
  state.expiresAt = kept?.expiresAt ?? 0
  write(`${name}.tenant`, tenant || undefined)
}

/** The union last used on this device. */
export function lastTenant(name: string): string {
  return read<string>(`${name}.tenant`) ?? ''
}

/** Take the tokens of a sign-in or refresh. */
export function signedIn(tokens: Tokens): void {
  state.tokens = tokens
  state.expiresAt = Date.now() + tokens.expires_in * 1000
  state.ended = false
  write(place(), { tokens, expiresAt: state.expiresAt })
}

/** Forget the tokens; `ended` when the server did it, so that the sign-in page can say so. */
export function signedOut(ended = false): void {
  state.tokens = undefined
  state.ended = ended
  write(place(), undefined)
}

/** Get a new access token, once for all who ask meanwhile. False: the session has ended. */
export function refresh(): Promise<boolean> {
  refreshing ??= renew().finally(() => {
    refreshing = undefined
  })
  return refreshing
}

async function renew(): Promise<boolean> {
  // Another tab may have renewed already: its refresh token is the one that counts.
  const kept = read<{ tokens: Tokens; expiresAt: number }>(place())
  if (kept && kept.tokens.refresh_token !== state.tokens?.refresh_token) {
    // Somebody else has signed in beside this page: what stands on it is not theirs.
    if (state.tokens && kept.tokens.account.id !== state.tokens.account.id) {
      state.tokens = undefined
      state.ended = true
      return false
    }
    state.tokens = kept.tokens
    state.expiresAt = kept.expiresAt
    return true
  }
  if (!state.tokens) return false
  const answer = await fetch('/api/identity/sessions/refresh', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Tenant': state.tenant, 'Idempotency-Key': newKey() },
    body: JSON.stringify({ refresh_token: state.tokens.refresh_token }),
  })
  if (answer.ok) {
    signedIn((await answer.json()) as Tokens)
    return true
  }
  // 422: what is kept here is no refresh token any more. Either way only signing in again helps.
  if (answer.status === 401 || answer.status === 403 || answer.status === 422) signedOut(true)
  return false
}

/** Who is at this device, in this app and union: "member/wuxi/<account>", or "-" for nobody. */
const whose = (): string => `${app}/${state.tenant}/${state.tokens?.account.id ?? '-'}`

export const session = {
  state,
  whose,
  account: computed(() => state.tokens?.account),
  may: (permission: string) => state.tokens?.account.permissions.includes(permission) ?? false,
}
