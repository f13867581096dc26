// Signing out: this device forgets at once, whatever the network does; the service is told beside, also by a page that is left.
import { forgetDrafts } from './drafts'
import { standardHeaders } from './http'
import { newKey } from './key'
import { exchange, session, signedOut, type Tokens } from './session'

const PATIENCE = 5000

/** Forget who is signed in here and what they typed, and end their session. */
export async function signOut(): Promise<void> {
  const [union, tokens, headers] = [session.state.tenant, session.state.tokens, standardHeaders()]
  const forgetting = forgetDrafts()
  signedOut()
  if (tokens) void end(union, tokens, headers)
  await forgetting
}

async function end(union: string, tokens: Tokens, headers: Headers): Promise<void> {
  const giving = new AbortController()
  const timer = setTimeout(() => giving.abort(), PATIENCE)
  const how = { keepalive: true, signal: giving.signal }
  headers.set('Idempotency-Key', newKey())
  const told = () => fetch('/api/identity/sessions/end', { ...how, method: 'POST', headers })
  try {
    if ((await told()).status !== 401) return
    // The access token had run out: a new one, to end the session with.
    const answer = await exchange(union, tokens.refresh_token, how)
    if (!answer.ok) return
    headers.set('Authorization', `Bearer ${((await answer.json()) as Tokens).access_token}`)
    await told()
  } catch {
    // Without a network the session runs out by itself; nothing on this device can use it any more.
  } finally {
    clearTimeout(timer)
  }
}
