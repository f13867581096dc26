// Passes scanned without network wait here, sealed, each for itself: two windows at one counter lose none.
import { read, session, write } from '@huzhu/shared'

import { sealText, unsealText } from './sealing'
import { dropScan, keepScan, keptScans } from './store'

export interface Scan { scan_id: string; token: string; scanned_at: string }

export const addScan = async (scan: Scan): Promise<void> => { await keepScan(scan.scan_id, await sealText(JSON.stringify(scan))) }
export const doneScan = dropScan

/** The scans that wait, the oldest first; those that an earlier version kept in the open are sealed now. */
export async function waitingScans(): Promise<Scan[]> {
  const before = `scans.${session.state.tenant}.${session.account.value?.id ?? ''}`
  for (const scan of read<Scan[]>(before) ?? []) await addScan(scan)
  write(before, undefined)
  return Promise.all((await keptScans()).map(async (one) => JSON.parse(await unsealText(one)) as Scan))
}
