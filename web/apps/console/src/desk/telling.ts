// One short sentence about what has just been done, read out by screen readers.
import { ref } from 'vue'

export const told = ref('')
let timer: ReturnType<typeof setTimeout> | undefined

/** Show a sentence for some seconds. */
export function tell(sentence: string): void {
  told.value = sentence
  clearTimeout(timer)
  timer = setTimeout(() => (told.value = ''), 6000)
}
