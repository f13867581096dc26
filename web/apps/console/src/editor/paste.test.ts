import { describe, expect, it } from 'vitest'

import { readHtml, writeHtml } from './html'
import { cleanPasted } from './paste'

const pasted = (html: string) => writeHtml(readHtml(cleanPasted(html).html))
const item = (level: number, mark: string, text: string) => `<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level${level} lfo1'><![if !supportLists]><span lang=EN-US><span style='mso-list:Ignore'>${mark}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>${text}<o:p></o:p></p>`

describe('what is pasted from Word', () => {
  it('keeps words and headings, and no look', () => {
    expect(pasted(`<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style></head><body lang=ZH-CN><!--StartFragment--><h1 style='mso-x:1'><span style='font-family:黑体'>通知</span></h1><p class=MsoNormal style='line-height:150%'><b><span style='color:red'>各单位</span></b>：<span style='font-weight:700;text-decoration:underline'>请</span><o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><!--[if gte mso 9]><xml>x</xml><![endif]--><!--EndFragment--></body></html>`))
      .toBe('<h2>通知</h2><p><strong>各单位</strong>：<strong><u>请</u></strong></p>')
  })

  it('has its lists again, of both kinds and within one another', () => {
    expect(pasted(`<p class=MsoNormal>材料</p>${item(1, '1.', '身份证')}${item(2, '·', '正面')}${item(2, '·', '反面')}${item(1, '2.', '银行卡')}<p class=MsoNormal>完</p>${item(1, '一、', '甲')}`))
      .toBe('<p>材料</p><ol><li>身份证<ul><li>正面</li><li>反面</li></ul></li><li>银行卡</li></ol><p>完</p><ol><li>甲</li></ol>')
  })

  it('keeps tables as tables', () => {
    expect(pasted('<table class=MsoNormalTable border=1 style="width:400pt"><colgroup><col width=64></colgroup><tr style="height:1pt"><td width=100 style="border:solid" colspan=2><p class=MsoNormal><span lang=EN-US>1</span></p></td></tr><tr><td>甲</td><td>乙</td></tr></table>'))
      .toBe('<table><tbody><tr><td colspan="2">1</td></tr><tr><td>甲</td><td>乙</td></tr></tbody></table>')
  })

  it('counts the pictures that are not taken along', () => {
    const own = '/api/notify/pictures/t/p'
    const found = cleanPasted(`<p>一<img src="file:///C:/a.png"><img src="${own}"><img src="data:image/png;base64,AA"></p>`)
    expect(found.pictures).toBe(2)
    expect(writeHtml(readHtml(found.html))).toBe(`<p>一<img src="${own}" alt=""></p>`)
  })
})

describe('what is pasted from a page', () => {
  it('is not bold because the whole was wrapped', () => {
    expect(pasted('<b style="font-weight:normal" id="docs-internal-guid"><p>甲</p><p><span style="font-weight:700">乙</span></p></b>')).toBe('<p>甲</p><p><strong>乙</strong></p>')
  })

  it('runs nothing', () => {
    expect(pasted('<p onclick="x()">甲</p><script>x()</script><a href="javascript:x()">乙</a>')).toBe('<p>甲</p><p>乙</p>')
  })
})
