// Papers handed in: stored by the ocr service, named afterwards by the receipt it gives.
import { call, newKey } from '@huzhu/shared'

interface Stored { document_id: string; receipt: string }

/** Store one paper and return its receipt. */
export async function receiptOf(file: File): Promise<string> {
  const headers = { 'Content-Type': 'application/octet-stream', 'X-Filename': encodeURIComponent(file.name) }
  const stored = await call<Stored>('/api/ocr/documents?recognize=false', { method: 'POST', body: file, headers, once: newKey() })
  return stored.receipt
}

/** Store several papers, one after another. */
export async function receiptsOf(files: readonly File[]): Promise<string[]> {
  const receipts: string[] = []
  for (const file of files) receipts.push(await receiptOf(file))
  return receipts
}

/** A sheet as a service takes it: the bytes, its name beside them. */
export const sheet = (file: File) => ({
  method: 'POST',
  body: file,
  headers: { 'Content-Type': 'application/octet-stream', 'X-Filename': encodeURIComponent(file.name) },
})
