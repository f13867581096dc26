// Before signing out: what only this device has is sent if it can be, else its owner is asked; then all of it is wiped.
import { forgetKeys } from './sealing'
import { keptScans, wipe } from './store'
import { counter, look, sync } from './sync'

const HERE_ONLY = new Set(['draft', 'waiting', 'changed', 'refused'])
const NOT_HANDED_IN = new Set(['taken', 'incomplete'])

/** How many applications and scans would be lost by signing out now. */
export async function onlyHere(): Promise<number> {
  await look()
  if (counter.entries.some((one) => HERE_ONLY.has(one.state) || one.state === 'taken')) await sync()
  return counter.entries.filter((one) => HERE_ONLY.has(one.state)).length + (await keptScans()).length
}

/** How many are with the service and not handed in: the desk's list keeps them, but nobody may think that they are done. */
export const notHandedIn = (): number => counter.entries.filter((one) => NOT_HANDED_IN.has(one.state)).length

/** Wipe what this account has on this device. */
export async function forgetCounter(): Promise<void> {
  await wipe()
  forgetKeys()
  counter.entries = []
}
