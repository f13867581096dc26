import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'

import { enterTenant, forgetDrafts, signedIn } from '@huzhu/shared'

import { useFilling } from './filling'

type Field = { code: string; stay: number; value: string }
const account = { id: 'a', kind: 'member', tenant: 'wuxi', roles: [], permissions: [], org_path: '' }

/** The application at the service: a wrong amount is refused with the whole save; answers may be lost. */
class Service {
  version = 1
  fields: Field[] = [{ code: 'hospital', stay: 1, value: '一院' }, { code: 'hospital', stay: 2, value: '二院' }]
  loses = false
  sent: string[] = []

  fetch = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const answer = this.answer(path, init)
    if (init.method) this.sent.push(`${init.method} ${answer.status}`)
    if (this.loses && init.method) throw new TypeError('network')
    return answer
  }

  private answer(path: string, init: RequestInit): Response {
    if (path.endsWith('/kinds')) return new Response(JSON.stringify([{ code: 'hospital', max_stays: 3, fields: [{ code: 'hospital' }, { code: 'cost' }], documents: [] }]))
    if (path.endsWith('/documents')) return new Response('[]')
    if (init.method && new Headers(init.headers).get('If-Match') !== `"${this.version}"`) return new Response('{}', { status: 412 })
    if (init.method === 'PATCH') {
      const { fields = [] } = JSON.parse(String(init.body)) as { fields?: Field[] }
      const wrong = fields.filter((one) => one.code === 'cost' && Number.isNaN(Number(one.value)))
      if (wrong.length) return new Response(JSON.stringify({ code: 'wrong', errors: wrong.map((one) => ({ field: `stays.${one.stay}.${one.code}`, message: '金额' })) }), { status: 422 })
      for (const one of fields) this.fields = [...this.fields.filter((held) => held.code !== one.code || held.stay !== one.stay), one]
      this.version += 1
    }
    const stay = /\/stays\/(\d)$/.exec(path)?.[1]
    if (stay) {
      if (!this.fields.some((one) => one.stay === Number(stay))) return new Response('{}', { status: 404 })
      this.fields = this.fields.filter((one) => one.stay !== Number(stay))
      this.version += 1
    }
    return new Response(JSON.stringify({ kind: 'hospital', version: this.version, fields: this.fields, documents: [], payee: {} }))
  }
}

describe('filling in an application', () => {
  let service: Service
  let filling: ReturnType<typeof useFilling>
  let page: ReturnType<typeof mount>

  beforeEach(async () => {
    localStorage.clear()
    enterTenant('member', 'wuxi')
    signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account })
    await forgetDrafts()
    service = new Service()
    vi.stubGlobal('fetch', service.fetch)
    page = mount(defineComponent({ setup() { filling = useFilling('c'); return () => null } }))
    await flushPromises()
  })
  afterEach(() => {
    page.unmount()
    vi.unstubAllGlobals()
  })
  const held = (stay: number, code: string) => service.fields.find((one) => one.stay === stay && one.code === code)?.value

  it('saves on after the answer to an earlier save was lost', async () => {
    filling.typed['stays.1.cost'] = '10'
    service.loses = true
    await filling.saving.run()
    expect(filling.saving.problem.value?.status).toBe(0)
    service.loses = false
    filling.typed['stays.1.cost'] = '12'
    expect(await filling.saving.run()).toBe(true)
    expect(held(1, 'cost')).toBe('12')
  })

  it('does not send what the form asks no more', async () => {
    Object.assign(filling.typed, { 'stays.1.cost': '10', deceased: 'no' })
    expect(await filling.saving.run()).toBe(true)
    expect(held(1, 'cost')).toBe('10')
    expect(service.fields.map((one) => one.code)).not.toContain('deceased')
  })

  it('takes a stay off and keeps what was typed for the others, also what is not right yet', async () => {
    Object.assign(filling.typed, { 'stays.1.cost': '十元', 'stays.1.hospital': '三院', 'stays.2.cost': '一百' })
    expect(await filling.dropping.run(2)).toBe(true)
    expect(service.fields.map((one) => one.stay)).toEqual([1])
    expect(filling.typed).toEqual({ 'stays.1.cost': '十元', 'stays.1.hospital': '三院' })
  })

  it('takes a stay off once, although the first answer was lost', async () => {
    service.loses = true
    await filling.dropping.run(2)
    expect(filling.dropping.problem.value?.status).toBe(0)
    service.loses = false
    expect(await filling.dropping.run(2)).toBe(true)
    expect(filling.claim.value?.fields.map((one) => one.stay)).toEqual([1])
    expect(filling.dropping.problem.value).toBeUndefined()
  })

  it('takes a stay that is only on the page off without asking anybody', async () => {
    filling.typed['stays.3.cost'] = '1'
    service.sent = []
    expect(await filling.dropping.run(3)).toBe(true)
    expect(service.sent).toEqual([])
    expect(filling.typed).toEqual({})
  })

  it('names who is paid after handing in what is right; what is not stays on the page', async () => {
    Object.assign(filling.typed, { 'stays.1.cost': '十元', 'stays.1.hospital': '三院' })
    await filling.pay({ kind: 'legal_heir', name: '王芳' })
    expect(held(1, 'hospital')).toBe('三院')
    expect(service.sent).toEqual(['PATCH 422', 'PATCH 200', 'PATCH 200'])
    expect(filling.typed['stays.1.cost']).toBe('十元')
  })
})
