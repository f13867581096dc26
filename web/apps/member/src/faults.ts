// Wrong fields of a refused request: each beside its field, the rest in the note below.
import { computed, type Ref } from 'vue'

import { Problem } from '@huzhu/shared'

/** `names`: the fields that the form shows. What was refused elsewhere stays in `rest`, with its sentence. */
export function useFaults(problem: Readonly<Ref<Problem | undefined>>, names: () => readonly string[]) {
  const last = (field: string) => field.split('.').at(-1) ?? ''
  const at = (name: string): string => problem.value?.faults.find((one) => last(one.field) === name)?.message ?? ''
  const rest = computed(() => {
    const known = problem.value
    if (!known) return undefined
    const others = known.faults.filter((one) => !names().includes(last(one.field)))
    return others.length === known.faults.length ? known : new Problem(known.status, known.code, known.message, others, known.body)
  })
  return { at, rest }
}
