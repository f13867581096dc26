import { beforeEach, describe, expect, it } from 'vitest'

import { preferences } from '@huzhu/shared'

import { emptyQuestion, emptyQuiz, optionsFault, type Question, rightFault, typedOf, writtenOf } from './quiz'

const question = (more: Partial<Question>): Question => ({ ...emptyQuestion(), words: '会费按工资的多少缴纳？', options: '0.5%\n1%', ...more })

describe('a question that is being typed', () => {
  beforeEach(() => { preferences.language = 'zh' })

  it.each<[Partial<Question>, string | undefined]>([
    [{ right: '2' }, undefined], [{ right: '7' }, '没有第 7 个选项，只有 2 个选项。'], [{ right: '0' }, '没有第 0 个选项，只有 2 个选项。'], [{ right: 'a' }, '请填写选项的序号，例如 1；多个用逗号分开。'], [{ right: '1，2' }, '单选和判断题必须有且只有一个正确答案。'],
    [{ kind: 'multiple', right: '2,2' }, '多选题至少有两个正确答案。'], [{ kind: 'multiple', right: '1、2' }, undefined], [{ kind: 'true_false', options: '', right: '3' }, '没有第 3 个选项，只有 2 个选项。'], [{ right: '' }, undefined], [{ options: '', right: '7' }, undefined],
  ])('says of its right options %j: %s', (more, said) => {
    expect(rightFault(question(more))).toBe(said)
  })

  it('says what is wrong with its options, not before there are some', () => {
    expect([optionsFault(question({})), optionsFault(question({ options: '' })), optionsFault(question({ options: '一' })), optionsFault(question({ options: '一\n 一 ' }))]).toEqual([undefined, undefined, '至少要有两个选项。', '选项重复。'])
  })

  it('is written as the service takes it, and is the same again when it is read', () => {
    const typed = { ...emptyQuiz(), questions: [question({ kind: 'multiple', right: '1，2' })] }
    const written = writtenOf(typed)
    expect(written.questions[0]).toMatchObject({ options: ['0.5%', '1%'], right_options: [0, 1] })
    expect(writtenOf(typedOf({ ...written, version: 1 }))).toEqual(written)
  })
})
