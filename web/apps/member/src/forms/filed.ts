// Documents on file (我的证件): which of them an application takes over, so that nobody photographs a card twice.
import { call, Problem } from '@huzhu/shared'
import type { ClaimsKindDocument, IdentityOfferedDocument, IdentityOfferedDocumentsRead } from '@huzhu/shared/api'

/** One's own documents that were read, each with a receipt by which an application takes it; none while they cannot be had. */
export async function offeredDocuments(): Promise<IdentityOfferedDocument[]> {
  try {
    return (await call<IdentityOfferedDocumentsRead>('/api/identity/members/me/documents/receipts')).items
  } catch (error) {
    // Without them the card is photographed, as ever.
    if (!(error instanceof Problem)) throw error
    return []
  }
}

/** What a new application begins with: each paper that it needs in every case and that is on file. */
export function carried(papers: ClaimsKindDocument[], offered: IdentityOfferedDocument[]): { receipt: string; rule: string }[] {
  return papers
    .filter((paper) => paper.required && !paper.when && !paper.per_stay && !paper.group)
    .flatMap((paper) => {
      const found = offered.find((one) => paper.types.includes(one.kind))
      return found ? [{ receipt: found.receipt, rule: paper.code }] : []
    })
}
