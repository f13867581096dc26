import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { enterTenant } from './session'
import { upload, uploadDocument } from './upload'

const PIECE = 256 * 1024

/** A tus service in memory whose network fails when told. */
class Service {
  bytes = 0
  created = 0
  calls = 0
  handedIn: { path: string; key: string | null }[] = []
  refusal = 0
  failing: (call: number) => boolean = () => false
  losesAnswer: (call: number) => boolean = () => false

  fetch = async (path: string, init: RequestInit): Promise<Response> => {
    this.calls += 1
    if (this.failing(this.calls)) throw new TypeError('network')
    const answer = await this.answer(path, init)
    if (this.losesAnswer(this.calls)) throw new TypeError('network')
    return answer
  }

  private async answer(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    if (path.includes('/from-upload/')) {
      this.handedIn.push({ path, key: headers.get('Idempotency-Key') })
      return this.refusal ? new Response('{}', { status: this.refusal }) : new Response(JSON.stringify({ document_id: 'u1', receipt: 'r' }), { status: 201 })
    }
    if (init.method === 'POST') {
      this.created += 1
      return new Response(JSON.stringify({ id: 'u1' }), { status: 201 })
    }
    if (init.method === 'PATCH') {
      if (Number(headers.get('Upload-Offset')) !== this.bytes) return new Response('{}', { status: 409 })
      this.bytes += (init.body as Blob).size
    }
    return new Response(null, { status: init.method === 'PATCH' ? 204 : 200, headers: { 'Upload-Offset': String(this.bytes) } })
  }
}

describe('an upload over a bad network', () => {
  let service: Service
  let file: File
  const options = { path: '/api/ocr/uploads', purpose: 'document', pauses: [0, 0, 0] }

  beforeEach(() => {
    localStorage.clear()
    file = new File([new Uint8Array(3 * PIECE + 10)], 'a.jpg', { type: 'image/jpeg', lastModified: 1 })
    enterTenant('member', 'wuxi')
    service = new Service()
    vi.stubGlobal('fetch', service.fetch)
  })
  afterEach(() => vi.unstubAllGlobals())

  it('sends all pieces once and says how far it is', async () => {
    const shares: number[] = []
    expect(await upload(file, { ...options, onProgress: (share) => shares.push(share) })).toBe('u1')
    expect(service.bytes).toBe(file.size)
    expect(shares[0]).toBe(0)
    expect(shares.at(-1)).toBe(1)
    expect([...shares].sort((a, b) => a - b)).toEqual(shares)
  })

  it('goes on from where the service stands when an answer was lost', async () => {
    service.losesAnswer = (call) => call === 3
    await upload(file, options)
    expect(service.bytes).toBe(file.size)
    expect(service.created).toBe(1)
  })

  it('gives up after some tries and goes on when the same file is chosen again', async () => {
    service.failing = (call) => call > 2
    await expect(upload(file, options)).rejects.toMatchObject({ status: 0 })
    expect(service.bytes).toBe(PIECE)
    service.failing = () => false
    await upload(file, options)
    expect(service.bytes).toBe(file.size)
    expect(service.created).toBe(1)
  })

  it('that lost only the last answer is handed in again as the same upload, under the same key', async () => {
    // One call begins it, four send the pieces, the sixth hands it in.
    service.losesAnswer = (call) => call === 6
    await expect(uploadDocument(file)).rejects.toMatchObject({ status: 0 })
    expect(await uploadDocument(file)).toMatchObject({ document_id: 'u1' })
    const once = { path: '/api/ocr/documents/from-upload/u1', key: 'document-u1' }
    expect(service.handedIn).toEqual([once, once])
    expect(service.created).toBe(1)
  })

  it.each([[429, 1], [401, 1], [500, 1], [422, 2]])('is sent again after a refusal %i as %i uploads', async (refusal, created) => {
    service.refusal = refusal
    await expect(uploadDocument(file)).rejects.toMatchObject({ status: refusal })
    service.refusal = 0
    if (created > 1) service.bytes = 0
    await uploadDocument(file)
    expect(service.created).toBe(created)
  })

  it('that an action tries again names the same receipt', async () => {
    const first = await uploadDocument(file)
    const calls = service.calls
    expect(await uploadDocument(file)).toEqual(first)
    expect(service.calls).toBe(calls)
  })
})
