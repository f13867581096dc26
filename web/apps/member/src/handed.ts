// What a host app opens: #handover=<app>.<token>, where the token's audience names the union (docs/hand-over.md).

/** Return the page that takes the hand-over, or the first page where the token names no union. */
export function handedOver(given: string): string {
  const dot = given.indexOf('.')
  const token = given.slice(dot + 1)
  const union = dot > 0 ? unionOf(token) : ''
  return union ? `/${union}/handover/${given.slice(0, dot)}?token=${encodeURIComponent(token)}` : '/'
}

function unionOf(token: string): string {
  try {
    const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')
    const { aud } = JSON.parse(atob(payload)) as { aud?: unknown }
    return /^huzhu:([a-z][a-z0-9-]{1,30})$/.exec(String(aud))?.[1] ?? ''
  } catch {
    return ''
  }
}
