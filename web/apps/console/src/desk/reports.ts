// How made reports are listed, and what their states are called.
import { day, moment } from '@huzhu/shared'
import type { ClaimsReportRunRead } from '@huzhu/shared/api'

import { type Choice, type Column, titled } from './listing'

export const RUN_STATES: Choice[] = [{ value: 'making', label: ['生成中', 'Being made'] }, { value: 'ready', label: ['已生成', 'Ready'] }, { value: 'failed', label: ['失败', 'Failed'] }]
export const runTone = (state: ClaimsReportRunRead['state']) => ({ making: 'primary', ready: 'success', failed: 'danger' } as const)[state]
export const periodOf = (run: ClaimsReportRunRead) => (run.first_day === run.last_day ? run.first_day : `${run.first_day} — ${run.last_day}`)

/** The columns of a list of made reports. */
export const runColumns = (to: (run: ClaimsReportRunRead) => string): Column<ClaimsReportRunRead>[] => [
  { name: 'title', title: ['报表', 'Report'], text: (run) => run.title, to },
  { name: 'period', title: ['统计期间', 'Period'], text: periodOf },
  { name: 'state', title: ['状态', 'State'], text: (run) => titled(RUN_STATES, run.state), tone: (run) => runTone(run.state) },
  { name: 'made', title: ['生成时间', 'Made'], text: (run) => moment(run.made_at) },
  { name: 'expires', title: ['保留至', 'Kept until'], text: (run) => day(run.expires_on) },
]
