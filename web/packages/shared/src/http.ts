// One way to call the services: tenant, token, language, idempotency, own-event positions, problems.
import { preferences } from './preferences'
import { type Problem, problemOf } from './problem'
import { refresh, session } from './session'

const POSITIONS_KEPT = 20
/** A network that swallows what is sent says nothing by itself: after so long it counts as away. */
const PATIENCE = 60_000
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
  const body = json === undefined ? init.body : JSON.stringify(json)
  // A file takes as long as it takes; whoever sends one may give it up.
  if (init.signal || init.body) return fetch(path, { ...init, headers, body })
  const giving = new AbortController()
  const timer = setTimeout(() => giving.abort(), PATIENCE)
  try {
    return await fetch(path, { ...init, headers, body, signal: giving.signal })
  } finally {
    clearTimeout(timer)
  }
}

const unreachable = () => (preferences.language === 'en' ? 'The service does not answer. Check the network and try again.' : '连不上服务，请检查网络后重试。')

/** What does not arrive, or is no answer of a service (a network's own sign-in page), is a network that is away. */
async function arrived<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch {
    throw problemOf(0, { code: 'network.away', detail: unreachable() }, unreachable())
  }
}

/** Send a request and return the answer, for whoever needs only its headers: an answer that nobody reads keeps its connection.
 * Throws a Problem when it was refused or could not be sent. */
export async function send(path: string, sending: Sending = {}): Promise<Response> {
  const answer = await arrived(async () => {
    const first = await attempt(path, sending)
    return first.status === 401 && session.state.tokens && (await refresh()) ? attempt(path, sending) : first
  })
  remember(answer)
  if (answer.ok) return answer
  const problem = await problemIn(answer, unreachable())
  if (problem.code === CONFIRMATION && confirming && !sending.confirmed && (await confirming())) {
    return send(path, { ...sending, confirmed: true })
  }
  throw problem
}

async function problemIn(answer: Response, fallback: string): Promise<Problem> {
  const text = await arrived(() => answer.text())
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
  return (answer.status === 204 ? undefined : await arrived(() => answer.json())) as T
}

/** Send a request and return the file that it answers with, and how the service calls it. */
export async function fetchFile(path: string, sending: Sending = {}): Promise<{ file: Blob; disposition: string | null }> {
  const answer = await send(path, sending)
  return { file: await arrived(() => answer.blob()), disposition: answer.headers.get('Content-Disposition') }
}
