import { beforeEach, describe, expect, it, vi } from 'vitest'

import { preferences, Problem } from '@huzhu/shared'

import { receiptOf } from './papers'

const refusal = vi.hoisted(() => ({ code: '', message: '' }))
vi.mock('@huzhu/shared', async (original) => ({ ...(await original<object>()), uploadDocument: async () => { throw new Problem(415, refusal.code, refusal.message) } }))

describe('a paper that is refused', () => {
  beforeEach(() => { preferences.language = 'zh' })

  it('names the kinds that are asked for here, where its kind is what is wrong', async () => {
    Object.assign(refusal, { code: 'document.unsupported', message: '请上传 JPG、HEIC 图片' })
    await expect(receiptOf(new File(['x'], 'a.pdf'), 'pdf、png')).rejects.toMatchObject({ message: '“a.pdf”：文件内容不是 pdf、png，请重新选择。' })
    await expect(receiptOf(new File(['x'], 'a.pdf'))).rejects.toMatchObject({ message: '“a.pdf”：请上传 JPG、HEIC 图片' })
    Object.assign(refusal, { code: 'document.broken', message: '文件已损坏' })
    await expect(receiptOf(new File(['x'], 'a.pdf'), 'pdf')).rejects.toMatchObject({ message: '“a.pdf”：文件已损坏' })
  })
})
