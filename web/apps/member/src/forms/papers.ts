// What was read on the papers of an application: fetched once each, and where two papers of a stay say different things.
import { reactive } from 'vue'

import { call, Problem } from '@huzhu/shared'
import type { ClaimsClaimRead, OcrDocumentRead } from '@huzhu/shared/api'

import { plain } from './marks'

export interface Saying { document: string; title: string; value: string }
export interface Difference { name: string; says: Saying[] }

/** Names that receipts, settlement sheets and discharge records have in common; a difference in one of them matters. */
const SHARED = new Set(['金额合计小写', '医保统筹基金支付', '其他支付', '个人账户支付', '个人现金支付', '入院日期', '出院日期', '住院号'])

/** Where papers of the same stay differ: each name with what every paper says of it. */
export function differencesOf(claim: ClaimsClaimRead, stay: number, read: Record<string, OcrDocumentRead | undefined>): Difference[] {
  const said = new Map<string, Saying[]>()
  for (const paper of claim.documents.filter((one) => one.stay === stay && one.state === 'recognized')) {
    for (const [name, field] of Object.entries(read[paper.document_id]?.fields ?? {})) {
      if (!SHARED.has(name)) continue
      said.set(name, [...(said.get(name) ?? []), { document: paper.document_id, title: paper.title, value: field.value }])
    }
  }
  return [...said].map(([name, says]) => ({ name: name.replace('小写', ''), says })).filter(({ says }) => new Set(says.map((one) => plain(one.value))).size > 1)
}

/** What was read on papers, by their ids. */
export function usePapers() {
  const read = reactive<Record<string, OcrDocumentRead | undefined>>({})
  const asked = new Set<string>()

  async function fetchPaper(id: string): Promise<void> {
    if (asked.has(id)) return
    asked.add(id)
    try {
      read[id] = await call<OcrDocumentRead>(`/api/ocr/documents/${id}`)
    } catch (error) {
      // The form is as good without it; it is asked for again the next time.
      if (!(error instanceof Problem)) throw error
      asked.delete(id)
    }
  }
  return { read, fetchPaper }
}
