// Fields of a card have words in both languages; what has none is shown as it is printed.
import { expect, test } from 'vitest'

import { makeI18n } from '@huzhu/shared'

import { fieldName, fieldValue } from './cards'
import { en, zh } from './messages'

function inLanguage(language: 'zh' | 'en') {
  const i18n = makeI18n(zh, en)
  i18n.global.locale.value = language
  return (key: string) => i18n.global.t(key)
}

test('an English reader reads the names of the fields, sex and nationality in English', () => {
  const t = inLanguage('en')
  expect(['姓名', '性别', '民族', '出生', '住址', '公民身份号码', '社会保障号码', '卡号'].filter((one) => /[\u3400-\u9fff]/.test(fieldName(one, t)))).toEqual([])
  expect([fieldValue('性别', '男', t), fieldValue('性别', '女', t)]).toEqual(['Male', 'Female'])
  expect([fieldValue('民族', '汉', t), fieldValue('民族', '土家族', t)]).toEqual(['Han', 'Tujia'])
})

test('a Chinese reader reads them as they are printed; names, numbers and unknown fields stay', () => {
  const t = inLanguage('zh')
  expect([fieldName('公民身份号码', t), fieldValue('性别', '男', t), fieldValue('民族', '汉', t)]).toEqual(['公民身份号码', '男', '汉'])
  const english = inLanguage('en')
  expect([fieldName('签发机关', english), fieldValue('姓名', '汉', english), fieldValue('民族', '*', english)]).toEqual(['签发机关', '汉', '*'])
})
