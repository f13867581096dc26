// What the union's pack says about ways in, and what its home page shows.
import { computed } from 'vue'

import { tenant, type Wording } from '@huzhu/shared'

interface Registration {
  people: string
  sign_in: { member: string[]; hosts: Wording[]; portals: { code: string; title: Wording; people: string[] }[] }
  binding: { documents: string[]; captcha: boolean; face_verification: boolean; fallback: string }
}

export interface CatalogueItem {
  code: string
  department: Wording
  title: Wording
  opens: string
  target?: string
  audience: string[]
}

export const registration = computed(() => tenant.loaded?.registration as unknown as Registration | undefined)
/** Members register themselves; elsewhere they bind a membership that is there already. */
export const registers = computed(() => registration.value?.people === 'created_by_roster')
export const catalogue = computed(() => (tenant.loaded?.catalogue ?? []) as unknown as CatalogueItem[])

/** Where an entry of the catalogue leads; undefined: this app has no page for it. */
export function pageOf(item: { code: string; opens: string; target?: string | null }): string | undefined {
  switch (item.opens) {
    case 'claim':
      return `/apply/${item.target}`
    case 'product':
      return `/products/${item.target}`
    case 'enrolment':
      return '/join'
    case 'payouts':
      return item.code === 'my-claims' ? '/claims' : '/payouts'
    case 'cover':
    case 'dues':
    case 'activities':
      return `/${item.opens}`
    case 'article':
      return `/articles/${item.target}`
    case 'articles':
      return `/articles/list/${item.target}`
    case 'documents':
    case 'applicants':
      return `/me/${item.opens}`
    default:
      return undefined
  }
}
