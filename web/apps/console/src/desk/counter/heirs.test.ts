import { beforeEach, describe, expect, it } from 'vitest'

import { preferences } from '@huzhu/shared'
import type { ClaimsClaimRead, ClaimsKindField, ClaimsKindRead } from '@huzhu/shared/api'

import { emptyIntake, type Intake } from './entries'
import { gapsOf, typedAt, wrongIn } from './gaps'
import { bringers, heirFields, heirGone, heldHeir, payeeOf } from './heirs'

const field = (code: string, type: string) => ({ code, type, title: code, required: true, per_stay: false, from_register: false, options: {}, help: null }) as unknown as ClaimsKindField
const accident = {
  code: 'accident', max_stays: 0, documents: [], fields: [field('grade', 'choice'), field('bank_card', 'bank_card')],
  on_behalf: { relations: { spouse: '配偶', union_staff: '工会工作人员' }, consent: '', payees: ['insured', 'legal_heir'], heir_relations: { spouse: '配偶', child: '子女' }, deceased: { field: 'grade', is_one_of: ['death'] } },
} as unknown as ClaimsKindRead
const [DEAD, HEIR] = ['11010519491231002X', '440524198001010013']
const taken = (more: Partial<Intake> = {}): Intake => ({ ...emptyIntake(), name: '李四', document_number: DEAD, relation: 'spouse', values: { grade: 'death' }, ...more })
const widow = { name: '张丽', relation: 'spouse', document_number: '11010519491231002x', card_number: '12345', bank_name: '建设银行' }
const wrong = (intake: Intake) => Object.fromEntries(wrongIn(accident, intake, '2026-11-29').map((one) => [one.place, one.message]))

describe('the heir who is paid where the person has died', () => {
  beforeEach(() => { preferences.language = 'zh' })

  it('is asked for in place of the card of the dead, and whoever brings it is not the dead', () => {
    expect(typedAt(accident, 0, taken()).map((one) => one.code)).toEqual(['grade'])
    expect(gapsOf(accident, taken({ relation: '' })).map((gap) => gap.place)).toEqual(['applicant_relation', 'payee.name', 'payee.relation', 'payee.document_number', 'payee.card_number', 'payee.bank_name'])
    expect(bringers(accident, taken())[0]).toEqual(['', '请选择'])
    const alive = taken({ relation: '', values: { grade: 'injury' } })
    expect(gapsOf(accident, alive)).toEqual([])
    expect(typedAt(accident, 0, alive).map((one) => one.code)).toEqual(['grade', 'bank_card'])
    expect(bringers(accident, alive).map(([, title]) => title)).toEqual(['本人', '配偶', '工会工作人员'])
    expect(gapsOf(accident, taken({ relation: 'colleague', heir: widow })).map((gap) => gap.place)).toEqual(['applicant_relation'])
  })

  it('is not the dead, and has numbers and a card that can be right', () => {
    expect(wrong(taken({ heir: widow }))).toEqual({ 'payee.document_number': expect.stringContaining('已去世的被保障人本人的证件号码'), 'payee.card_number': expect.stringContaining('现为5位') })
    expect(wrong(taken({ heir: { name: '李 四' } }))).toEqual({ 'payee.name': expect.stringContaining('已去世的被保障人本人的姓名') })
    expect(wrong(taken({ heir: { name: '李四', document_number: HEIR, mobile: '1' } }))).toEqual({ 'payee.mobile': expect.stringContaining('手机号不正确') })
    expect(wrong(taken({ heir: { document_number: 'K1' } }))['payee.document_number']).toContain('18位')
    expect(wrong(taken({ heir: { document_number: 'K1234567', document_kind: 'passport' } }))).toEqual({})
    expect(wrong(taken({ heir: { bank_name: '12' } }))['payee.bank_name']).toBeTruthy()
    expect(wrong(taken({ values: { grade: 'injury' }, heir: widow }))).toEqual({})
  })

  it('keeps what the service holds of them, unless it is another heir', () => {
    const claim = { payee: { kind: 'legal_heir', name: '张*', relation: 'child', document_number: '110***2X', card: '6222****8', bank_name: '建设银行', mobile: null } } as unknown as ClaimsClaimRead
    const held = taken({ heir_held: heldHeir(claim), heir: {} })
    expect(gapsOf(accident, held)).toEqual([])
    expect(heirFields(accident, held)[1]!.help).toContain('子女')
    expect(gapsOf(accident, taken({ heir_held: heldHeir(claim), heir: { name: '王五' } })).map((gap) => gap.place)).toContain('payee.card_number')
    expect(payeeOf(held)).toEqual({ kind: 'legal_heir' })
    expect(payeeOf(taken({ heir: { ...widow, mobile: ' ' } }))).toEqual({ kind: 'legal_heir', ...widow })
    expect([payeeOf(taken()), heirGone(claim, taken()), heirGone(claim, held)]).toEqual([undefined, true, false])
  })
})
