// One shape for what happened to a matter, whichever service tells it: who, when, what, and what is still to come.
export interface TimelineStep {
  key: string
  title: string
  at?: string | null | undefined
  who?: string | null | undefined
  words?: string | null | undefined
  /** What came of it, and whether that is good. */
  outcome?: string | undefined
  tone?: 'good' | 'warn' | 'bad' | undefined
  state: 'done' | 'now' | 'later'
}

interface ClaimStep {
  title: string
  at?: string | null
  handler?: string
  opinion?: string
  pending?: boolean
  node: string
  action: string
  outcome?: string
}

/** A refusal or a transfer that failed is no success, a return asks for something. */
export function toneOf(action: string): 'good' | 'warn' | 'bad' {
  if (['rejected', 'failed', 'reversed'].includes(action)) return 'bad'
  return ['returned', 'withdrawn'].includes(action) ? 'warn' : 'good'
}

/** The steps of an application: the first that is pending is where it stands. */
export function claimTimeline(steps: ClaimStep[]): TimelineStep[] {
  const standing = steps.findIndex((step) => step.pending)
  return steps.map((step, place) => ({
    key: `${place}-${step.node}-${step.action}`,
    title: step.title,
    at: step.at,
    who: step.handler,
    words: step.opinion,
    outcome: step.pending ? undefined : step.outcome,
    tone: step.pending ? undefined : toneOf(step.action),
    state: !step.pending ? 'done' : place === standing ? 'now' : 'later',
  }))
}
