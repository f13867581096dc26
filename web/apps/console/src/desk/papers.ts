// Papers handed in: made small enough, uploaded so that a lost connection goes on, named afterwards by their receipt.
import { Problem, tenant, uploadDocument } from '@huzhu/shared'

import { say, worded } from './wording'

/** None of the kinds that the platform takes, whatever the name says. */
const UNSUPPORTED = 'document.unsupported'

/** Store one paper and return its receipt; papers of the desk are looked at by people, not read. `takes`: the kinds that are asked for here, so that a refusal names no others. */
export async function receiptOf(chosen: File, takes?: string): Promise<string> {
  try {
    return (await uploadDocument(chosen, { recognize: false })).receipt
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const why = takes && error.code === UNSUPPORTED ? say(`文件内容不是 ${takes}，请重新选择。`, `its content is none of ${takes}. Choose another.`) : error.message
    // Several files may be chosen in one dialog.
    throw new Problem(error.status, error.code, say(`“${chosen.name}”：${why}`, `${chosen.name}: ${why}`), error.faults, error.body)
  }
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

const TITLES: Record<string, readonly [zh: string, en: string]> = { 'postponed-retirement': ['延迟退休证明', 'Papers of postponed retirement'] }
interface Titled { code: string; title: { zh: string; en: string } }

/** What a paper is called: as the union's pack has it, or as it is generally known. */
export function paperTitle(code: string): string {
  const own = ((tenant.loaded?.registration.profile_documents ?? []) as Titled[]).find((one) => one.code === code)
  const known = TITLES[code]
  return own ? worded(own.title) : known ? say(...known) : code
}
