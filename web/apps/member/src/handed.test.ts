import { expect, test } from 'vitest'

import { fromWechat, handedOver } from './handed'

const signed = (claims: object) => `e30.${btoa(JSON.stringify(claims)).replace(/=+$/, '')}.c2ln`

test('a hand-over goes to the page of the union that its audience names', () => {
  const token = signed({ aud: 'huzhu:wuxi', sub: '用户?'.length })
  expect(handedOver(`lingxi.${token}`)).toBe(`/wuxi/handover/lingxi?token=${encodeURIComponent(token)}`)
})

test.each(['', 'lingxi', 'lingxi.', 'lingxi.a.b.c', `.${signed({ aud: 'huzhu:wuxi' })}`, `lingxi.${signed({ aud: 'huzhu:../x' })}`])(
  'what names no union goes to the first page: %s',
  (given) => expect(handedOver(given)).toBe('/'),
)

test.each([['beijing.0a1B_c-d', '/beijing/wechat?code=0a1B_c-d'], ['beijing', '/'], ['../x.1', '/'], ['', '/']])('the mini-program opens %s', (given, page) => {
  expect(fromWechat(given)).toBe(page)
})
