// What a host app opens: #handover=<app>.<token>, where the token's audience names the union (docs/hand-over.md).

/** Return the page that takes the hand-over, or the first page where the token names no union. */
export function handedOver(given: string): string {
  const dot = given.indexOf('.')
  const token = given.slice(dot + 1)
  const union = dot > 0 ? unionOf(token) : ''
  return union ? `/${union}/handover/${given.slice(0, dot)}?token=${encodeURIComponent(token)}` : '/'
}

/** What the union's WeChat mini-program opens: #wechat=<union>.<code of wx.login>; return the page that signs in with it. */
export function fromWechat(given: string): string {
  const found = /^([a-z][a-z0-9-]{1,30})\.(.{1,200})$/.exec(given)
  return found ? `/${found[1]}/wechat?code=${encodeURIComponent(found[2] ?? '')}` : '/'
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
