// What a message is about: where it leads, and by which words.
import { call, type Page } from '@huzhu/shared'
import type { ClaimsClaimSummary, NotifyMessageRead } from '@huzhu/shared/api'

export interface About { words: string; path: string; claim?: string | undefined }

/** The number of a claim stands in its messages: day and serial number. */
const CLAIM = /(?<!\d)20\d{14}(?!\d)/
const EXACT: Record<string, [words: string, path: string]> = {
  'claims.claim_returned': ['supplement', '/claims'], 'claims.claim_invited': ['supplement', '/claims'], 'claims.papers_due': ['supplement', '/claims'],
  'claims.payout_failed': ['otherCard', '/claims'], 'claims.refund_failed': ['cards', '/me/cards'], 'identity.bank_card_changed': ['cards', '/me/cards'],
  'enrollment.member_covered': ['cover', '/cover'], 'enrollment.policy_terminated': ['cover', '/cover'], 'enrollment.policies_expiring': ['cover', '/cover'], 'enrollment.policies_issued': ['cover', '/cover'],
  'enrollment.dues_paid': ['dues', '/dues'], 'identity.mobile_replaced': ['security', '/me/security'],
}
const KINDS: [prefix: string, words: string, path: string][] = [
  ['claims.claim_', 'claim', '/claims'], ['claims.payout_', 'claim', '/claims'], ['claims.appeal_', 'claim', '/claims'],
  ['enrollment.application_', 'application', '/join'], ['activities.reward_', 'rewards', '/rewards'], ['activities.', 'activities', '/activities'],
]

/** Where a message leads; undefined: what it says is all there is. */
export function aboutOf(message: Pick<NotifyMessageRead, 'template' | 'text'>): About | undefined {
  const kind = KINDS.find(([prefix]) => message.template.startsWith(prefix))
  const [words, path] = EXACT[message.template] ?? (kind ? [kind[1], kind[2]] : [])
  if (!words || !path) return undefined
  return { words, path, claim: path === '/claims' ? CLAIM.exec(message.text)?.[0] : undefined }
}

const claimsWith = async (query: string) => (await call<Page<ClaimsClaimSummary>>(`/api/claims/claims?${query}&limit=2`)).items

/** The one claim that a message is about: by its number; one that waits for papers and has none yet, where it is the only one. */
async function claimOf(about: About): Promise<ClaimsClaimSummary | undefined> {
  if (about.claim) return (await claimsWith(`number=${about.claim}`))[0]
  if (about.words !== 'supplement') return undefined
  const [claim, another] = await claimsWith('status=to_upload')
  return another ? undefined : claim
}

/** The page itself: of the claim, else the list that it stands in. */
export async function pageOf(about: About): Promise<string> {
  const claim = await claimOf(about)
  if (!claim) return about.path
  return about.words === 'supplement' && ['returned', 'to_upload'].includes(claim.status) ? `/claims/${claim.id}/fill` : `/claims/${claim.id}`
}
