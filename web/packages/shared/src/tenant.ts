// The union whose pages these are: name, branding, contact, what may be done.
import { reactive } from 'vue'

import { call } from './http'
import { read, write } from './keep'
import { Problem } from './problem'
import { session } from './session'

export interface Wording {
  zh: string
  en: string
}

export interface Tenant {
  id: string
  code: string
  name: Wording
  short_name: Wording
  branding: { colour: string; accent?: string; logo_text?: string; slogan?: Wording }
  contact: { phone?: string; hours?: Wording; address?: Wording }
  registration: Record<string, unknown>
  /** What a union may leave out, and whether it is there. */
  offers?: Record<string, boolean>
  catalogue: Record<string, unknown>[]
}

export const tenant = reactive<{ loaded: Tenant | undefined }>({ loaded: undefined })

/** Load the union and colour the page as it does. */
export async function loadTenant(): Promise<Tenant> {
  const loaded = await loadedOrKept()
  tenant.loaded = loaded
  document.documentElement.style.setProperty('--brand', loaded.branding.colour)
  if (loaded.branding.accent) document.documentElement.style.setProperty('--brand-accent', loaded.branding.accent)
  return loaded
}

/** Without a network the union is the one that was seen last under its code. */
async function loadedOrKept(): Promise<Tenant> {
  const place = `tenant.${session.state.tenant}`
  try {
    const loaded = await call<Tenant>('/api/identity/tenant')
    write(place, loaded)
    return loaded
  } catch (error) {
    const kept = error instanceof Problem && error.passing ? read<Tenant>(place) : undefined
    if (!kept) throw error
    return kept
  }
}
