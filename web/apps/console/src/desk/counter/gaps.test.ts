import { beforeEach, describe, expect, it } from 'vitest'

import { preferences } from '@huzhu/shared'
import type { ClaimsKindDocument, ClaimsKindField, ClaimsKindRead } from '@huzhu/shared/api'

import { emptyIntake, type Intake } from './entries'
import { gapsOf } from './gaps'

const field = (code: string, more: Partial<ClaimsKindField> = {}) => ({ code, title: code, type: 'text', required: true, per_stay: false, from_register: false, options: {}, help: null, ...more }) as ClaimsKindField
const paper = (code: string, more: Partial<ClaimsKindDocument> = {}) => ({ code, title: code, types: [], required: true, per_stay: false, max_files: 9, sample: null, ...more }) as ClaimsKindDocument
const kind = (fields: ClaimsKindField[], documents: ClaimsKindDocument[] = [], max_stays = 0) => ({ code: 'k', fields, documents, max_stays }) as unknown as ClaimsKindRead
const filled = (more: Partial<Intake> = {}): Intake => ({ ...emptyIntake(), kind: 'k', ...more })
const scan = (rule: string, stay = 0) => ({ id: rule, rule, stay, name: 'a.jpg', type: 'image/jpeg', modified: 1 })
const places = (of: ClaimsKindRead, intake: Intake) => gapsOf(of, intake).map((gap) => gap.place)

describe('what an application at the counter lacks', () => {
  beforeEach(() => { preferences.language = 'zh' })

  it('is each required field that is empty or blank, called by its title, and each paper', () => {
    const accident = kind([field('account', { title: '事故经过' }), field('note', { required: false })], [paper('id-card', { title: '身份证' })])
    expect(gapsOf(accident, filled({ values: { account: '  ' } })).map((gap) => gap.message)).toEqual(['请填写事故经过。', '请选择扫描件：身份证。'])
    expect(places(accident, filled({ values: { account: '摔伤' }, papers: [scan('id-card')] }))).toEqual([])
  })

  it('is nothing that does not apply, that the register or the platform says, or that the service holds', () => {
    const some = kind([
      field('of-register', { from_register: true }), field('today', { set_by_platform: true }), field('account-of-payment', { type: 'bank_card' }), field('card'), field('grade', { type: 'choice' }),
      field('of-death', { when: { field: 'grade', is_one_of: ['death'] } }),
    ], [paper('certificate', { when: { field: 'grade', is_one_of: ['death'] } })])
    expect(places(some, filled({ values: { grade: 'injury' }, held: ['card'] }))).toEqual([])
    expect(places(some, filled({ values: { grade: 'death' }, held: ['card'] }))).toEqual(['of-death', 'certificate'])
  })

  it('is no field that the papers of its stay may fill', () => {
    const hospital = kind([field('cost', { per_stay: true, from_papers: true }), field('doctor', { per_stay: true })], [paper('receipt', { per_stay: true })], 5)
    const two = filled({ stays: 2, papers: [scan('receipt', 1)], values: { 'stays.1.doctor': 'x', 'stays.2.doctor': 'x' } })
    expect(places(hospital, two)).toEqual(['stays.2.cost', 'stays.2.receipt'])
    expect(gapsOf(hospital, two)[0]!.title).toBe('第 2 次住院的cost')
  })

  it('is one paper of those of which one is enough, and none where a text may stand for it', () => {
    const condolence = kind([field('statement', { required: false, type: 'long_text' })], [paper('book', { group: 'who' }), paper('card', { group: 'who' }), paper('death', { instead: 'statement' })])
    expect(places(condolence, filled())).toEqual(['book', 'death'])
    expect(places(condolence, filled({ papers: [scan('card')], values: { statement: '说明' } }))).toEqual([])
  })
})
