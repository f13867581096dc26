// Confirming that it is oneself, where an action changes the card that one is paid on: asked once, then it goes on.
import { ref } from 'vue'

/** Whether the sheet is open. */
export const confirmationAsked = ref(false)
let waiting: Promise<boolean> | undefined
let answer: (confirmed: boolean) => void = () => undefined

/** Open the sheet, once for all who ask meanwhile; true when the code was right. */
export function askToConfirm(): Promise<boolean> {
  waiting ??= new Promise<boolean>((resolve) => {
    answer = resolve
    confirmationAsked.value = true
  })
  return waiting
}

/** Close the sheet: confirmed, or left. */
export function answerConfirmation(confirmed: boolean): void {
  confirmationAsked.value = false
  waiting = undefined
  answer(confirmed)
}
