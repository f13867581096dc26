// Addresses within the union of this page.
import { useRouter } from 'vue-router'

import { session } from '@huzhu/shared'

export const here = (path: string) => `/${session.state.tenant}${path}`

/** Go to a page of this union. */
export function useGoing() {
  const router = useRouter()
  return {
    go: (path: string) => router.push(here(path)),
    replace: (path: string) => router.replace(here(path)),
  }
}
