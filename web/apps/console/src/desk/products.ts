// The products of the union, loaded once for choices and names.
import { ref } from 'vue'

import { call, session } from '@huzhu/shared'
import type { EnrollmentProductRead } from '@huzhu/shared/api'

import { say } from './wording'

export const products = ref<EnrollmentProductRead[]>([])
let of = ''

/** Load them unless they are there for this union. */
export async function loadProducts(): Promise<void> {
  const tenant = session.state.tenant
  if (of === tenant) return
  products.value = (await call<{ items: EnrollmentProductRead[] }>('/api/enrollment/products')).items
  of = tenant
}

/** Load for choices of a filter: without them the list works just as well. */
export function wishProducts(): void {
  loadProducts().catch(() => undefined)
}

export const titleOf = (product: EnrollmentProductRead): string => say(product.title, product.title_en)
