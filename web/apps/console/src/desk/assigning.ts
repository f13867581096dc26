// A task given to a colleague (改派): to whom it can be given is asked of the service.
import { call } from '@huzhu/shared'
import type { ClaimsColleagueRead } from '@huzhu/shared/api'

import { ask, textOf } from './asking'
import { say } from './wording'

export interface Task { id: string; number: string | null; title: string }

export async function assign(task: Task, finished: () => void): Promise<void> {
  const path = `/api/claims/queue/${task.id}`
  const colleagues = await call<ClaimsColleagueRead[]>(`${path}/colleagues`).catch(() => [])
  ask({
    about: task.id, title: ['改派', 'Assign to a colleague'], text: `${task.number ?? ''} ${task.title}${colleagues.length ? '' : `\n${say('没有可以接手的同事。', 'No colleague can take it.')}`}`,
    fields: [
      { name: 'handler_id', label: ['接手的同事', 'To whom'], type: 'select', options: colleagues.map((one) => ({ value: one.id, label: one.name })) },
      { name: 'reason', label: ['改派原因', 'Reason'], type: 'long', optional: true, help: ['写入办理过程，工作人员可以看到，会员看不到。', 'Stands in the timeline for staff; members do not see it.'] },
    ],
    work: (once, values) => call(`${path}/assign`, { method: 'POST', once, json: { handler_id: values.handler_id, reason: textOf(values.reason) ?? '' } }), done: ['已改派', 'Assigned'], finished,
  })
}
