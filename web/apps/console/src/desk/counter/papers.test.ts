import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { enterTenant } from '@huzhu/shared'

import type { IntakePaper } from './entries'
import { receive } from './papers'

const MINUTES = 60_000

describe('a paper taken in at the counter', () => {
  let sent: { path: string; key: string | null }[]
  let uploads: number
  let losing: (path: string) => boolean
  let refusal = 0
  const bytes = vi.fn(async () => new Uint8Array(10).buffer)
  const paper = (more: Partial<IntakePaper> = {}): IntakePaper => ({ id: 'p', rule: 'receipt', stay: 0, name: 'a.jpg', type: 'image/jpeg', modified: 1, ...more })

  beforeEach(() => {
    localStorage.clear()
    enterTenant('console', 'wuxi')
    sent = []
    uploads = refusal = 0
    losing = () => false
    bytes.mockClear()
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
      sent.push({ path, key: new Headers(init.headers).get('Idempotency-Key') })
      if (losing(path)) throw new TypeError('network')
      if (init.method === 'HEAD') return new Response(null, { headers: { 'Upload-Offset': '10' } })
      if (init.method === 'PATCH') return new Response(null, { status: 204, headers: { 'Upload-Offset': '10' } })
      if (path.includes('/from-upload/')) {
        const status = refusal
        refusal = 0
        return status ? new Response('{}', { status }) : new Response(JSON.stringify({ document_id: path.split('/').at(-1), receipt: `r${sent.length}` }))
      }
      uploads += 1
      return new Response(JSON.stringify({ id: `u${uploads}` }), { status: 201 })
    })
  })
  afterEach(() => vi.unstubAllGlobals())

  it('is the same document after the answer to handing it in was lost, never under a key that asked for something else', async () => {
    const one = paper()
    losing = (path) => path.includes('/from-upload/')
    await expect(receive(one, bytes)).rejects.toMatchObject({ status: 0 })
    losing = () => false
    expect(await receive(one, bytes)).toBe(true)
    expect(uploads).toBe(1)
    expect(one.document).toBe('u1')
    const handed = sent.filter((request) => request.path.includes('/from-upload/'))
    expect(new Set(handed.map((request) => `${request.path} ${request.key}`)).size).toBe(1)
  })

  it('keeps a receipt that is fresh, and gets another for the same document once it is old, without sending it again', async () => {
    const one = paper({ document: 'u7', receipt: 'r', stored_at: Date.now() - MINUTES })
    expect(await receive(one, bytes)).toBe(false)
    one.stored_at = Date.now() - 21 * MINUTES
    expect(await receive(one, bytes)).toBe(true)
    expect(one.receipt).not.toBe('r')
    expect(sent.map((request) => request.path)).toEqual(['/api/ocr/documents/from-upload/u7'])
    expect(bytes).not.toHaveBeenCalled()
  })

  it('is sent anew where the service has it no longer', async () => {
    refusal = 404
    const one = paper({ document: 'gone', receipt: 'r', stored_at: 0 })
    expect(await receive(one, bytes)).toBe(true)
    expect(one.document).toBe('u1')
    expect(bytes).toHaveBeenCalledOnce()
  })
})
