/** The colour of a state: good, asking for something, bad, or plain. */
export function tone(status: string): string {
  if (['approved', 'paid', 'settled', 'answered', 'granted', 'collected', 'read'].includes(status)) return 'good'
  if (['to_upload', 'to_pay', 'returned', 'draft', 'awaiting_card', 'open', 'due', 'issued', 'reading'].includes(status)) return 'warn'
  if (['rejected', 'failed', 'payment_failed', 'refused', 'dismissed', 'unreadable', 'other_kind', 'not_own'].includes(status)) return 'bad'
  return ''
}
