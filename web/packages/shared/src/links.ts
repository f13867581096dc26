// A link to a paper lives for some minutes: whoever looks at it longer, or turns to it later, is given another one.
import { ref, shallowRef } from 'vue'

/** The services give five minutes. */
const GOOD = 4 * 60_000
/** What cannot be opened under a link that is so new cannot be opened under the next one either. */
const NEW = 20_000

interface Linked { document_id: string; link?: string; url?: string | null }

/** The link in an address that a service gave. */
const linkIn = (url: string | null | undefined): string => (url ? (new URL(url, location.href).searchParams.get('link') ?? '') : '')

/** Links to the papers of one thing. `load` asks for all of them. */
export function useLinks(load: () => Promise<readonly Linked[]>) {
  const links = shallowRef<Record<string, string>>({})
  const failed = ref(false)
  let at = 0
  let asking: Promise<void> | undefined

  async function ask(): Promise<void> {
    try {
      const found = await load()
      links.value = Object.fromEntries(found.map((one) => [one.document_id, one.link ?? linkIn(one.url)]))
      at = Date.now()
      failed.value = false
    } catch (error) {
      failed.value = true
      throw error
    }
  }
  const renew = (): Promise<void> => (asking ??= ask().finally(() => { asking = undefined }))

  /** A link that is good now; undefined where the paper needs none. */
  async function linkOf(document: string): Promise<string | undefined> {
    if (!(document in links.value) || Date.now() - at > GOOD) await renew()
    return links.value[document] || undefined
  }
  /** A picture could not be shown: its link may have run out. */
  async function again(): Promise<void> {
    if (Date.now() - at > NEW) await renew()
  }
  return { links, failed, renew, linkOf, again }
}
