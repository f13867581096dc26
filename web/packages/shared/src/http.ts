// One way to call the services: tenant, token, language, idempotency, own-event positions, problems.
import { preferences } from './preferences'
import { type Problem, problemOf } from './problem'
import { refresh, session } from './session'

const POSITIONS_KEPT = 20
/** What changes where money goes answers so until its owner has confirmed that it is them. */
const CONFIRMATION = 'auth.confirmation_needed'
let positions: string[] = []
let confirming: (() => Promise<boolean>) | undefined

/** Have `ask` called where an action needs a confirmation that it is oneself; true: given, the action goes on. */
export function whenConfirmationNeeded(ask: (() => Promise<boolean>) | undefined): void {
  confirming = ask
}

interface Sending extends Omit<RequestInit, 'body'> {
  json?: unknown
  body?: BodyInit
  /** Idempotency-Key of this action: the same for every try of it, so that a double tap takes effect once. */
  once?: string
  /** If-Match of an edit. */
  match?: string
  /** Sent again after its owner has confirmed that it is them: they are not asked twice. */
  confirmed?: boolean
}

/** Headers that every request carries. */
export function standardHeaders(given?: HeadersInit): Headers {
  const headers = new Headers(given)
  headers.set('Accept-Language', preferences.language === 'en' ? 'en' : 'zh-CN')
  if (session.state.tenant) headers.set('X-Tenant', session.state.tenant)
  const token = session.state.tokens?.access_token
  if (token) headers.set('Authorization', `Bearer ${token}`)
  if (positions.length) headers.set('Huzhu-After', positions.join(','))
  return headers
}

function remember(answer: Response): void {
  const position = answer.headers.get('Huzhu-Position')
  if (position) positions = [...position.split(',').map((part) => part.trim()), ...positions].slice(0, POSITIONS_KEPT)
}

async function attempt(path: string, sending: Sending): Promise<Response> {
  const { json, once, match, confirmed: _, ...init } = sending
  const headers = standardHeaders(init.headers)
  if (json !== undefined) headers.set('Content-Type', 'application/json')
  if (once) headers.set('Idempotency-Key', once)
  if (match) headers.set('If-Match', match)
  return fetch(path, { ...init, headers, body: json === undefined ? init.body : JSON.stringify(json) })
}

/** Send a request and return the answer, for whoever reads it: an answer that nobody reads keeps its connection. Throws a Problem
 * when it was refused or could not be sent. */
export async function send(path: string, sending: Sending = {}): Promise<Response> {
  const unreachable = preferences.language === 'en' ? 'The service does not answer. Check the network and try again.' : '连不上服务，请检查网络后重试。'
  let answer: Response
  try {
    answer = await attempt(path, sending)
    if (answer.status === 401 && session.state.tokens && (await refresh())) answer = await attempt(path, sending)
  } catch {
    throw problemOf(0, { code: 'network.away', detail: unreachable }, unreachable)
  }
  remember(answer)
  if (answer.ok) return answer
  const problem = await problemIn(answer, unreachable)
  if (problem.code === CONFIRMATION && confirming && !sending.confirmed && (await confirming())) {
    return send(path, { ...sending, confirmed: true })
  }
  throw problem
}

async function problemIn(answer: Response, fallback: string): Promise<Problem> {
  const text = await answer.text()
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    // A gateway's own refusal has no words.
    const often = preferences.language === 'en' ? 'Too many requests. Please try again shortly; nothing is lost.' : '操作过于频繁，请稍后再试，您的内容没有丢失。'
    body = answer.status === 429 ? { detail: often } : undefined
  }
  return problemOf(answer.status, body, fallback)
}

/** Send a request and return its JSON. */
export async function call<T>(path: string, sending: Sending = {}): Promise<T> {
  const answer = await send(path, sending)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}
