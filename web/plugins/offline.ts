import { createHash } from 'node:crypto'

import type { Plugin, Rolldown } from 'vite'

// Pages and scripts are answered from the store of this version; everything of the services goes to the network.
const WORKER = `const NAME = 'NAMED'
const FILES = LISTED
addEventListener('install', (event) => event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES))))
addEventListener('activate', (event) => event.waitUntil(caches.keys()
  .then((names) => Promise.all(names.filter((one) => one.startsWith('huzhu-console-') && one !== NAME).map((one) => caches.delete(one))))
  .then(() => clients.claim())))
addEventListener('fetch', (event) => {
  const { request } = event
  const address = new URL(request.url)
  if (request.method !== 'GET' || !address.href.startsWith(registration.scope)) return
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => caches.match('./', { cacheName: NAME })))
  else event.respondWith(caches.match(request, { cacheName: NAME }).then((kept) => kept ?? fetch(request)))
})
`

/** Writes sw.js: the app opens without a network. `without`: modules whose parts are of no use then. */
export function offline(without: RegExp[]): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    generateBundle(_options, bundle) {
      const idle = (part: Rolldown.OutputChunk | Rolldown.OutputAsset) => {
        const modules = part.type === 'chunk' ? part.moduleIds.filter((one) => !one.startsWith('\0')) : []
        return modules.length > 0 && modules.every((one) => without.some((each) => each.test(one)))
      }
      const files = Object.values(bundle).filter((one) => /\.(js|css)$/.test(one.fileName) && !idle(one)).map((one) => one.fileName).sort()
      const version = createHash('sha256').update(files.join()).digest('hex').slice(0, 12)
      const listed = JSON.stringify(['./', './icon.svg', ...files.map((name) => `./${name}`)])
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: WORKER.replace('NAMED', `huzhu-console-${version}`).replace('LISTED', listed) })
    },
  }
}
