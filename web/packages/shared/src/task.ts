// Long work of a service (`/api/<service>/tasks`): asked for, followed while it runs, cancelled, its file fetched.
import { computed, onBeforeUnmount, ref } from 'vue'

import { download } from './download'
import { call } from './http'
import { newKey } from './key'
import { Problem } from './problem'

export interface Task {
  id: string
  title: string
  kind: string
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
  total: number | null
  done: number
  seconds_left?: number | null
  has_result?: boolean
  counts: Record<string, unknown>
  problem?: { code: string; zh: string; en: string } | null
}

const EVERY = 1000
const over = (task: Task | undefined) => task !== undefined && ['done', 'failed', 'cancelled'].includes(task.state)

/** Follow one task until it is over; a network that is away only delays the next look. */
export function useTask(service: string) {
  const task = ref<Task>()
  const problem = ref<Problem>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const path = (rest: string) => `/api/${service}/tasks/${task.value?.id}${rest}`

  async function look(): Promise<void> {
    try {
      task.value = await call<Task>(path(''))
      problem.value = undefined
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      problem.value = error
      if (!error.passing) return
    }
    if (!over(task.value)) timer = setTimeout(() => void look(), EVERY)
  }

  function follow(started: Task): void {
    clearTimeout(timer)
    task.value = started
    if (!over(started)) timer = setTimeout(() => void look(), EVERY / 4)
  }

  async function cancel(): Promise<void> {
    task.value = await call<Task>(path('/cancel'), { method: 'POST', once: newKey() })
  }

  onBeforeUnmount(() => clearTimeout(timer))
  return {
    task,
    problem,
    follow,
    cancel,
    over: computed(() => over(task.value)),
    share: computed(() => (task.value?.total ? Math.round((100 * task.value.done) / task.value.total) : 0)),
    result: () => download(path('/result'), `${task.value?.title ?? 'result'}.xlsx`),
  }
}
