// Resumable upload (tus 1.0): in pieces, goes on after a lost network or a reload, says how far it is.
import { compressed } from './compress'
import { call, send } from './http'
import { read, write } from './keep'
import { Problem } from './problem'
import { session } from './session'

const TUS = { 'Tus-Resumable': '1.0.0' }
const PIECE = 256 * 1024
const PAUSES = [1000, 2000, 4000, 8000]

export interface UploadOptions {
  /** What the service takes the file for. */
  purpose: string
  /** Where the service's uploads are, e.g. /api/ocr/uploads. */
  path: string
  /** From 0 to 1. */
  onProgress?: (share: number) => void
  signal?: AbortSignal
  /** For tests: how long to wait before the next try. */
  pauses?: number[]
}

/** What the ocr service answers for a document that it keeps. */
export interface DocumentHandedIn {
  document_id: string
  receipt: string
  media_type: string
  state: string
}

function encoded(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}

/** Names a file on this device, so that the same one chosen again goes on where it stopped; its own name may say too much. */
function placeOf(file: File, options: UploadOptions): string {
  const account = session.state.tokens?.account.id ?? ''
  let hash = 5381
  for (const letter of file.name) hash = (hash * 33 + (letter.codePointAt(0) ?? 0)) >>> 0
  return `upload.${account}.${options.path}.${options.purpose}.${hash.toString(36)}.${file.size}.${file.lastModified}`
}

async function begin(file: File, options: UploadOptions): Promise<string> {
  const given: [string, string][] = [['purpose', options.purpose], ['filename', file.name], ['filetype', file.type]]
  const metadata = given.filter(([, value]) => value).map(([name, value]) => `${name} ${encoded(value)}`)
  const headers = { ...TUS, 'Upload-Length': String(file.size), 'Upload-Metadata': metadata.join(',') }
  const { id } = await call<{ id: string }>(options.path, { method: 'POST', headers, signal: options.signal ?? null })
  return id
}

async function received(address: string, options: UploadOptions): Promise<number> {
  const answer = await send(address, { method: 'HEAD', headers: TUS, signal: options.signal ?? null })
  return Number(answer.headers.get('Upload-Offset') ?? 0)
}

async function piece(address: string, file: File, offset: number, options: UploadOptions): Promise<number> {
  const headers = { ...TUS, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' }
  const body = file.slice(offset, offset + PIECE)
  const answer = await send(address, { method: 'PATCH', headers, body, signal: options.signal ?? null })
  return Number(answer.headers.get('Upload-Offset') ?? offset + body.size)
}

/** Take up an upload of this file that was begun before; undefined when there is none any more. */
async function takenUp(file: File, options: UploadOptions): Promise<{ id: string; offset: number } | undefined> {
  const id = read<string>(placeOf(file, options))
  if (!id) return undefined
  try {
    return { id, offset: await received(`${options.path}/${id}`, options) }
  } catch (error) {
    if (!(error instanceof Problem) || error.passing) throw error
    write(placeOf(file, options), undefined)
    return undefined
  }
}

function rest(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(new DOMException('', 'AbortError'))
    })
  })
}

/** Send a file and return the upload's id. What fails in passing is tried again from where the service stands. */
export async function upload(file: File, options: UploadOptions): Promise<string> {
  const pauses = options.pauses ?? PAUSES
  let failures = 0
  for (;;) {
    let before = -1
    try {
      const begun = (await takenUp(file, options)) ?? { id: await begin(file, options), offset: 0 }
      write(placeOf(file, options), begun.id)
      before = begun.offset
      let offset = begun.offset
      while (offset < file.size) {
        options.onProgress?.(offset / file.size)
        offset = await piece(`${options.path}/${begun.id}`, file, offset, options)
        failures = 0
      }
      options.onProgress?.(1)
      return begun.id
    } catch (error) {
      if (options.signal?.aborted || !(error instanceof Problem)) throw error
      // 409: the service has another offset than this device believed; ask it and go on.
      const again = error.passing || (error.status === 409 && before >= 0)
      const pause = pauses[failures]
      if (!again || pause === undefined) throw error
      failures += 1
      await rest(pause, options.signal)
    }
  }
}

/** Hand a complete upload in; asked again, it is the same document with a new receipt. */
export function handIn(id: string, once: string, recognize = true): Promise<DocumentHandedIn> {
  return call<DocumentHandedIn>(`/api/ocr/documents/from-upload/${id}${recognize ? '' : '?recognize=false'}`, { method: 'POST', once })
}

/** What became of files chosen on the open page: an action that is tried again names the same receipt, and so is the same action. */
const handedIn = new WeakMap<File, DocumentHandedIn>()

/** Make a photo small, send it, and hand it in as a document; recognised unless only people look at it. */
export async function uploadDocument(
  chosen: File,
  options: { onProgress?: (share: number) => void; signal?: AbortSignal; recognize?: boolean } = {},
): Promise<DocumentHandedIn> {
  const known = handedIn.get(chosen)
  if (known) return known
  const file = await compressed(chosen)
  const how = { ...options, path: '/api/ocr/uploads', purpose: 'document' }
  const id = await upload(file, how)
  try {
    const stored = await handIn(id, `document-${id}`, options.recognize)
    write(placeOf(file, how), undefined)
    handedIn.set(chosen, stored)
    return stored
  } catch (error) {
    // Where only the answer was lost, the next try goes on from here: the file is with the service.
    if (error instanceof Problem && !error.later) write(placeOf(file, how), undefined)
    throw error
  }
}
