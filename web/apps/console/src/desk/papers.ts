// Papers handed in: made small enough, uploaded so that a lost connection goes on, named afterwards by their receipt.
import { uploadDocument } from '@huzhu/shared'

/** Store one paper and return its receipt; papers of the desk are looked at by people, not read. */
export const receiptOf = async (chosen: File): Promise<string> => (await uploadDocument(chosen, { recognize: false })).receipt

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
