// The union whose pages these are: name, branding, contact, what may be done.
import { reactive } from 'vue'

import { call } from './http'

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
  catalogue: Record<string, unknown>[]
}

export const tenant = reactive<{ loaded: Tenant | undefined }>({ loaded: undefined })

/** Load the union and colour the page as it does. */
export async function loadTenant(): Promise<Tenant> {
  const loaded = await call<Tenant>('/api/identity/tenant')
  tenant.loaded = loaded
  document.documentElement.style.setProperty('--brand', loaded.branding.colour)
  if (loaded.branding.accent) document.documentElement.style.setProperty('--brand-accent', loaded.branding.accent)
  return loaded
}
