// Nothing of a member's is saved before they have agreed to the privacy statement in force.
import { call, session } from '@huzhu/shared'

let agreed = ''

/** Whether the signed-in member has to read and agree first; what was agreed to is asked for once. */
export async function consentDue(): Promise<boolean> {
  const account = session.account.value?.id ?? ''
  if (agreed === account) return false
  try {
    const me = await call<{ consent_due: boolean }>('/api/identity/members/me')
    if (!me.consent_due) agreed = account
    return me.consent_due
  } catch {
    return false // the network is away: what is typed stays on the phone, and the page says so
  }
}
