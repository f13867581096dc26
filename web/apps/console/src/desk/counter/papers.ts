// A paper of an entry goes to the service once; its receipt is asked for anew where it has grown old on the way.
import { handIn, newKey, Problem, uploadDocument } from '@huzhu/shared'

import type { IntakePaper } from './entries'

const RECEIPT_LIVES = 20 * 60_000
const GONE = 404

/** Give a paper a receipt that is good; true: it is another than before. `bytes` is asked for only where the service has none yet. */
export async function receive(paper: IntakePaper, bytes: () => Promise<ArrayBuffer>): Promise<boolean> {
  if (paper.handed || (paper.receipt && Date.now() - (paper.stored_at ?? 0) < RECEIPT_LIVES)) return false
  const stored = (await again(paper)) ?? (await uploadDocument(new File([await bytes()], paper.name, { type: paper.type, lastModified: paper.modified })))
  Object.assign(paper, { document: stored.document_id, receipt: stored.receipt, stored_at: Date.now() })
  return true
}

async function again(paper: IntakePaper) {
  try {
    return paper.document ? await handIn(paper.document, newKey()) : undefined
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== GONE) throw error
    return undefined
  }
}
