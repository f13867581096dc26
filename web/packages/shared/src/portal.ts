// Signing in through a portal of the union: away to it, and back to the app with its answer.
import { call } from './http'
import { read, write } from './keep'
import { newKey } from './key'
import { preferences } from './preferences'
import { Problem } from './problem'
import { session, type Tokens } from './session'

export type PortalKind = 'member' | 'staff' | 'handler'
export interface PortalEnd { tokens: Tokens | null; ticket: string | null; kind: PortalKind; to: string }

interface Begun { state: string; key: string; kind: PortalKind; to: string }

const KEPT = 5
const place = () => `portals.${session.state.tenant}`
const say = (zh: string, en: string) => (preferences.language === 'en' ? en : zh)

/** Go to a portal; `to` is the page that is opened once it has sent the browser back. */
export async function leaveForPortal(app: 'm' | 'console', kind: PortalKind, code: string, to: string): Promise<void> {
  const started = await call<{ url: string; state: string; browser_key: string }>(`/api/identity/portals/${code}/start`, {
    method: 'POST', json: { kind, app }, once: newKey(),
  })
  const begun: Begun = { state: started.state, key: started.browser_key, kind, to }
  // Another tab may be on its way too; who never comes back is forgotten.
  write(place(), [begun, ...(read<Begun[]>(place()) ?? [])].slice(0, KEPT))
  location.assign(started.url)
}

/** The answer that a portal left in the address, before the '#'; it is good once and does not stay there. */
function answered(): URLSearchParams {
  const given = new URLSearchParams(location.search)
  if (location.search) history.replaceState(history.state, '', location.pathname + location.hash)
  return given
}

/** Finish what was begun on this device; throws a Problem that says what happened. */
export async function returnFromPortal(code: string): Promise<PortalEnd> {
  const given = answered()
  const kept = read<Begun[]>(place()) ?? []
  const begun = kept.find((one) => one.state === given.get('state'))
  if (!begun) {
    throw new Problem(404, 'portal.lost', say('没有找到这次登录的记录：可能已经用过、超过了十分钟，或是在别的浏览器里开始的。', 'This sign-in is not known here: it was used already, is older than ten minutes, or was begun in another browser.'))
  }
  write(place(), kept.filter((one) => one !== begun))
  if (given.get('error')) throw new Problem(403, 'portal.denied', say('统一门户没有同意登录：您取消了登录，或门户账号没有使用本系统的权限。', 'The portal did not let you in: you cancelled, or your portal account may not use this.'))
  const json = { browser_key: begun.key, state: begun.state, code: given.get('code'), ticket: given.get('ticket') }
  const end = await call<{ tokens: Tokens | null; ticket: string | null }>(`/api/identity/portals/${code}/finish`, { method: 'POST', json, once: newKey() })
  return { ...end, kind: begun.kind, to: begun.to }
}
