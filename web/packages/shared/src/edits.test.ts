import { describe, expect, it } from 'vitest'

import { edit } from './edits'
import { Problem } from './problem'

interface Row { version: number; value: string }

/** A row of a service; its answers may be lost, and others may change it. */
class Service {
  row: Row = { version: 1, value: '' }
  writes = 0
  loses = false

  write = async (match: string, value: string): Promise<Row> => {
    if (match !== `"${this.row.version}"`) throw new Problem(412, 'newer', 'newer')
    this.writes += 1
    this.row = { version: this.row.version + 1, value }
    if (this.loses) throw new Problem(0, 'network.away', 'away')
    return this.row
  }
}

describe('an edit', () => {
  const held = (service: Service) => {
    let mine: Row | undefined = { ...service.row }
    return { held: () => mine, read: async () => service.row, take: (next: Row) => { mine = next } }
  }

  it('goes on after the answer to an earlier one was lost', async () => {
    const service = new Service()
    const edited = held(service)
    service.loses = true
    await expect(edit(edited, (match) => service.write(match, 'a'))).rejects.toMatchObject({ status: 0 })
    service.loses = false
    await edit(edited, (match) => service.write(match, 'b'))
    expect(edited.held()).toEqual({ version: 3, value: 'b' })
  })

  it('is made of the newest that was read', async () => {
    const service = new Service()
    const edited = held(service)
    service.row = { version: 7, value: 'read on a paper' }
    await edit(edited, (match) => service.write(match, `${edited.held()?.value}!`))
    expect(service.row.value).toBe('read on a paper!')
    expect(service.writes).toBe(1)
  })

  it('says so where it is overtaken again and again, and what else is wrong at once', async () => {
    const service = new Service()
    let tries = 0
    const overtaken = edit(held(service), async () => {
      tries += 1
      throw new Problem(412, 'newer', 'newer')
    })
    await expect(overtaken).rejects.toMatchObject({ status: 412 })
    expect(tries).toBe(3)
    await expect(edit(held(service), async () => { throw new Problem(422, 'x', 'x') })).rejects.toMatchObject({ status: 422 })
  })
})
