// What the services answer when something is wrong (RFC 9457), and how a page shows it.

/** One wrong field of a request. */
export interface FieldFault {
  field: string
  message: string
}

/** A refused request: a stable code, and what to tell the person in their language. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly faults: FieldFault[] = [],
    readonly body: Record<string, unknown> = {},
  ) {
    super(message)
    this.name = 'Problem'
  }

  /** The network is away, or the service: the same request may work later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504
  }

  /** Nothing is wrong with what was sent: no answer came, the session has ended, too many requests, or the service is at fault. */
  get later(): boolean {
    return this.passing || this.status === 401 || this.status === 429 || this.status >= 500
  }
}

/** Make a Problem of an answer's status and parsed body. */
export function problemOf(status: number, body: unknown, fallback: string): Problem {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const faults = Array.isArray(given.errors) ? (given.errors as FieldFault[]) : []
  const message = String(given.detail ?? given.title ?? fallback)
  return new Problem(status, String(given.code ?? `http.${status}`), message, faults, given)
}
