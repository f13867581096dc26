import { beforeEach, describe, expect, it } from 'vitest'

import { preferences } from '@huzhu/shared'
import type { ClaimsKindDocument, ClaimsKindField, ClaimsKindRead } from '@huzhu/shared/api'

import { emptyIntake, type Intake } from './entries'
import { gapsOf, wrongIn, wrongPerson } from './gaps'

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

  it('is the bank of a card that is typed or that the application names, of the register\'s card none', () => {
    const some = kind([field('card', { type: 'bank_card', from_register: true }), field('payee.bank_name', { title: '开户银行', type: 'bank_name', from_register: true })])
    expect([places(some, filled()), places(some, filled({ values: { card: '6217000010001230317' } })), places(some, filled({ held: ['card'] }))]).toEqual([[], ['payee.bank_name'], ['payee.bank_name']])
    expect(places(some, filled({ values: { 'payee.bank_name': '工商银行' }, held: ['card'] }))).toEqual([])
    expect(wrongIn(some, filled({ values: { card: '6217000010001230317', 'payee.bank_name': '12' } }), '2026-11-29').map((one) => one.place)).toContain('payee.bank_name')
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

describe('what is wrong in an application at the counter', () => {
  beforeEach(() => { preferences.language = 'zh' })

  const accident = kind([field('happened_on', { title: '事故日期', type: 'date', input: 'event_date' }), field('card', { title: '收款银行卡', type: 'bank_card' }), field('total', { type: 'money' }), field('of-register', { from_register: true, type: 'mobile' })])

  it('stands at its field, with the title for the list below', () => {
    const typed = filled({ values: { happened_on: '2030-01-01', card: '12345', total: 'abc', 'of-register': '1' } })
    expect(wrongIn(accident, typed, '2026-11-29').map((one) => one.title)).toEqual(['事故日期', '收款银行卡', 'total'])
    expect(wrongIn(accident, filled({ values: { happened_on: '2026-11-29' } }), '2026-11-29')).toEqual([])
  })

  it('is a name that can be nobody\'s, and an ID number with a slip; blanks in a name do not count, other documents are not judged', () => {
    expect(wrongPerson({ name: '李 四', document_number: '11010519491231002x' })).toEqual({})
    expect(wrongPerson({ name: '李四2', document_number: '11010519491231003X' })).toEqual({ name: expect.stringContaining('姓名中有不允许的字符'), number: expect.stringContaining('检验位应为') })
    expect(wrongPerson({ name: '', document_number: 'E12345678' })).toEqual({})
  })
})
