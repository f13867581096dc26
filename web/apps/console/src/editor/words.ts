// How clerks call what stands in a text.
import { type Pair, said } from '../desk/wording'

const NAMES: Record<string, Pair> = {
  img: ['图片', 'pictures'], a: ['链接', 'links'], table: ['表格', 'tables'], tr: ['表格的行', 'rows of tables'], td: ['表格的格', 'cells of tables'], th: ['表头的格', 'head cells'], caption: ['表格标题', 'titles of tables'],
  figure: ['图框', 'figures'], figcaption: ['图注', 'captions'], blockquote: ['样张框', 'boxes'], ul: ['项目符号', 'bullets'], ol: ['编号', 'numbers'], li: ['列表的项', 'items of lists'],
  h2: ['大标题', 'headings'], h3: ['中标题', 'subheadings'], h4: ['小标题', 'small headings'], strong: ['粗体', 'bold'], em: ['斜体', 'italics'], u: ['下划线', 'underlines'], s: ['删除线', 'strikes'], sub: ['下标', 'subscripts'], sup: ['上标', 'superscripts'], pre: ['代码', 'code'], code: ['代码', 'code'],
}
const ORDER: Pair = ['排列方式', 'the arrangement']

/** What would be lost, in words. */
export const lostWords = (lost: string[]): string => [...new Set(lost.map((one) => said(NAMES[one] ?? ORDER)))].join(said(['、', ', ']))
