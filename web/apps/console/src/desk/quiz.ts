// A quiz as it is typed: what is wrong in a question is said while it is typed, by the rules of activities/quizzes/rules.py.
import type { ActivitiesQuestionWrite, ActivitiesQuizRead } from '@huzhu/shared/api'

import { say } from './wording'

/** `options`: one on each line; `right`: their numbers from 1, with commas. */
export interface Question { words: string; kind: ActivitiesQuestionWrite['kind']; options: string; right: string; seconds: number | undefined; explanation: string }
export interface Typed { rules: { pass_mark: number; attempts: number; seconds: number; asked: number | undefined; shuffled: boolean }; questions: Question[] }

export const emptyQuiz = (): Typed => ({ rules: { pass_mark: 1, attempts: 1, seconds: 30, asked: undefined, shuffled: true }, questions: [] })
export const emptyQuestion = (): Question => ({ words: '', kind: 'single', options: '', right: '1', seconds: undefined, explanation: '' })

export const typedOf = (quiz: ActivitiesQuizRead): Typed => ({
  rules: { pass_mark: quiz.pass_mark, attempts: quiz.attempts ?? 1, seconds: quiz.seconds ?? 30, asked: quiz.asked ?? undefined, shuffled: quiz.shuffled ?? true },
  questions: quiz.questions.map((one) => ({ words: one.words, kind: one.kind, options: (one.options ?? []).join('\n'), right: one.right_options.map((place) => place + 1).join(','), seconds: one.seconds ?? undefined, explanation: one.explanation ?? '' })),
})

const optionsOf = (one: Question): string[] => one.options.split('\n').map((text) => text.trim()).filter(Boolean)
const numbersOf = (one: Question): number[] => one.right.split(/[,，、\s]+/).filter(Boolean).map(Number)
const TRUE_FALSE = 2

/** A quiz as the service takes it. */
export const writtenOf = ({ rules, questions }: Typed) => ({
  pass_mark: Number(rules.pass_mark), attempts: Number(rules.attempts), seconds: Number(rules.seconds), asked: rules.asked ? Number(rules.asked) : null, shuffled: rules.shuffled,
  questions: questions.map((one) => ({ words: one.words.trim(), kind: one.kind, options: one.kind === 'true_false' ? [] : optionsOf(one), right_options: numbersOf(one).map((number) => number - 1), seconds: one.seconds ? Number(one.seconds) : null, explanation: one.explanation.trim() })),
})

/** What is wrong with the options, once some are typed. */
export function optionsFault(one: Question): string | undefined {
  const options = optionsOf(one)
  if (one.kind === 'true_false' || !options.length) return undefined
  if (new Set(options).size < options.length) return say('选项重复。', 'Two options are the same.')
  return options.length < 2 ? say('至少要有两个选项。', 'There are at least two options.') : undefined
}

/** What is wrong with the numbers of the right options, once there are options to count. */
export function rightFault(one: Question): string | undefined {
  const most = one.kind === 'true_false' ? TRUE_FALSE : optionsOf(one).length
  const numbers = numbersOf(one)
  if (!most || !one.right.trim()) return undefined
  if (numbers.some((number) => !Number.isInteger(number))) return say('请填写选项的序号，例如 1；多个用逗号分开。', 'Enter numbers of options, such as 1; several with commas.')
  const beyond = numbers.find((number) => number < 1 || number > most)
  if (beyond !== undefined) return say(`没有第 ${beyond} 个选项，只有 ${most} 个选项。`, `There is no option ${beyond}: there are ${most}.`)
  const different = new Set(numbers).size
  if (one.kind === 'multiple') return different < 2 ? say('多选题至少有两个正确答案。', 'At least two options are right.') : undefined
  return different === 1 ? undefined : say('单选和判断题必须有且只有一个正确答案。', 'Exactly one option is right.')
}
