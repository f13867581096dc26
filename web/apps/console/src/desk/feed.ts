// States of settlement lines and files, as the feed's pages show them.
import type { Choice } from './listing'

export const LINE_STATES: Choice[] = [
  { value: 'unmatched', label: ['未找到人员', 'Person not found'] }, { value: 'not_covered', label: ['未参保', 'Not covered'] }, { value: 'bad', label: ['内容有误', 'Bad line'] },
  { value: 'differs', label: ['与原记录不同', 'Differs'] }, { value: 'failed', label: ['处理失败', 'Failed'] }, { value: 'new', label: ['待处理', 'New'] },
  { value: 'decided', label: ['已自动审核', 'Decided'] }, { value: 'opened', label: ['已建案', 'Opened'] }, { value: 'in_review', label: ['转人工审核', 'In review'] },
  { value: 'nothing_due', label: ['无应付金额', 'Nothing due'] }, { value: 'duplicate', label: ['重复', 'Duplicate'] },
]
export const ALL = 'all'
/** The states that are asked for: none where nothing is chosen, for the service knows which lines need something done. */
export const statesOf = (chosen: string | undefined): string[] => (chosen === ALL ? LINE_STATES.map((one) => one.value) : chosen ? [chosen] : [])
export const FILE_STATES: Choice[] = [
  { value: 'received', label: ['已接收', 'Received'] }, { value: 'reading', label: ['读取中', 'Reading'] }, { value: 'read', label: ['已读取', 'Read'] }, { value: 'stopped', label: ['已停止', 'Stopped'] },
]
export const lineTone = (state: string) => ({ unmatched: 'danger', bad: 'danger', failed: 'danger', differs: 'warning', not_covered: 'warning', in_review: 'warning', new: 'info', decided: 'success', opened: 'success' } as const)[state as 'new']
