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

interface Stored {
  tokens: Tokens
  expiresAt: number
}

interface State {
  tenant: string
  tokens: Tokens | undefined
  expiresAt: number
  ended: boolean
}

const state = reactive<State>({ tenant: '', tokens: undefined, expiresAt: 0, ended: false })
let app = 'app'
/** By the place of the session: another union's is none of this one's. */
const refreshing = new Map<string, Promise<boolean>>()

const place = () => `${app}.session.${state.tenant}`

/** Choose the union whose pages these are, and take up its session if there is one. */
export function enterTenant(name: string, tenant: string): void {
  app = name
  state.tenant = tenant
  const kept = tenant ? read<Stored>(place()) : undefined
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

/** Get a new access token, once for all who ask meanwhile. False: the session has ended, or is another now. */
export function refresh(): Promise<boolean> {
  const where = place()
  const mine = refreshing.get(where) ?? renew().finally(() => refreshing.delete(where))
  refreshing.set(where, mine)
  return mine
}

/** Ask for new tokens in exchange for those given. */
export function exchange(union: string, refreshToken: string, how: RequestInit = {}): Promise<Response> {
  return fetch('/api/identity/sessions/refresh', {
    ...how,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Tenant': union, 'Idempotency-Key': newKey() },
    body: JSON.stringify({ refresh_token: refreshToken }),
  })
}

async function renew(): Promise<boolean> {
  // Another tab may have renewed already: its refresh token is the one that counts.
  const kept = read<Stored>(place())
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
  const [where, spent] = [place(), state.tokens.refresh_token]
  const answer = await exchange(state.tenant, spent)
  const tokens = answer.ok ? ((await answer.json()) as Tokens) : undefined
  const isHere = place() === where
  // Signed out or in again meanwhile: what comes now is nobody's.
  if ((isHere ? state.tokens : read<Stored>(where)?.tokens)?.refresh_token !== spent) return false
  if (tokens && isHere) signedIn(tokens)
  // Another union's pages are open now; whoever comes back to this one's finds its session.
  else if (tokens) write(where, { tokens, expiresAt: Date.now() + tokens.expires_in * 1000 })
  // 422: what is kept here is no refresh token any more. Either way only signing in again helps.
  else if (isHere && [401, 403, 422].includes(answer.status)) signedOut(true)
  return tokens !== undefined && isHere
}

/** Who is at this device, in this app and union: "member/wuxi/<account>", or "-" for nobody. */
const whose = (): string => `${app}/${state.tenant}/${state.tokens?.account.id ?? '-'}`

export const session = {
  state,
  whose,
  account: computed(() => state.tokens?.account),
  may: (permission: string) => state.tokens?.account.permissions.includes(permission) ?? false,
}
