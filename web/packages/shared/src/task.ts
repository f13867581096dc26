// Long work of a service (`/api/<service>/tasks`): asked for, followed while it runs, cancelled, its file fetched.
import { computed, ref } from 'vue'

import { download } from './download'
import { call } from './http'
import { useLooking } from './looking'
import { useOnce } from './once'
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
/** After a look that failed in passing. */
const AGAIN = 5000
const over = (task: Task | undefined) => task !== undefined && ['done', 'failed', 'cancelled'].includes(task.state)

/** Follow one task until it is over; a network that is away, or a session that has ended, only delays the next look. */
export function useTask(service: string) {
  const task = ref<Task>()
  const unseen = ref<Problem>()
  const path = (id: string | undefined, rest = '') => `/api/${service}/tasks/${id}${rest}`

  function take(seen: Task): void {
    // Another may be followed since.
    if (task.value?.id === seen.id) task.value = seen
  }
  const { later, stop } = useLooking(async () => {
    try {
      take(await call<Task>(path(task.value?.id)))
      unseen.value = undefined
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      unseen.value = error
      return error.later ? AGAIN : undefined
    }
    return over(task.value) ? undefined : EVERY
  })

  function follow(started: Task): void {
    task.value = started
    if (over(started)) stop()
    else later(EVERY / 4)
  }

  const cancelling = useOnce(async (key: string, id: string) => take(await call<Task>(path(id, '/cancel'), { method: 'POST', once: key })))
  const fetching = useOnce((_key: string, id: string) => download(path(id, '/result'), `${task.value?.title ?? 'result'}.xlsx`))
  return {
    task,
    problem: computed(() => unseen.value ?? cancelling.problem.value ?? fetching.problem.value),
    follow,
    cancel: async () => { if (task.value) await cancelling.run(task.value.id) },
    cancelling: cancelling.busy,
    over: computed(() => over(task.value)),
    share: computed(() => (task.value?.total ? Math.round((100 * task.value.done) / task.value.total) : 0)),
    result: async () => { if (task.value) await fetching.run(task.value.id) },
    fetching: fetching.busy,
  }
}
