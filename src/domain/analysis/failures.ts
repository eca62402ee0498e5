import { instant } from '../instant.ts'
import { shownMessage, type MessageView } from '../privacy/error-message.ts'
import { compareInstants } from '../instant.ts'
import { causeOf } from './cause.ts'

/** What failed: a job; the handler or the detection of an event; or a function whose invocation failed by itself. */
export const failureKinds = ['job', 'event', 'function'] as const
export type FailureKind = (typeof failureKinds)[number]

/** Failures of one name with the very same message, as the query reads them. */
export interface FailureRow {
  kind: FailureKind
  name: string
  message: string | null
  count: number
  firstSeen: string
  lastSeen: string
  /** The newest ones: `id invocationId createdAt` of each, with spaces between. */
  newest: string[]
  invocationIds: string[]
}

/** One of the newest failures of a cause. */
export interface FailureSample {
  /** Of the job, the event or the invocation. */
  id: string
  invocationId: string
  at: string
  message: string | null
}

/** All failures of one name and one cause. Instants in ISO. */
export interface FailureGroup {
  kind: FailureKind
  name: string
  cause: string
  count: number
  firstSeen: string
  lastSeen: string
  samples: FailureSample[]
  invocationIds: string[]
}

const SAMPLES = 3

/** What a group is told apart by. */
export function failureKey({ kind, name, cause }: Pick<FailureGroup, 'kind' | 'name' | 'cause'>): string {
  return JSON.stringify([name, cause, kind])
}

/** Groups failures by name and cause. `messages`: how much of their own messages the samples show. */
export function failureGroups(rows: readonly FailureRow[], messages: MessageView): FailureGroup[] {
  const groups = new Map<string, FailureGroup>()
  for (const row of rows) {
    const group = groupOf(row, messages)
    const there = groups.get(failureKey(group))
    groups.set(failureKey(group), there ? merged(there, group) : group)
  }
  return [...groups.values()]
}

function groupOf(
  { kind, name, message, count, firstSeen, lastSeen, newest, invocationIds }: FailureRow,
  messages: MessageView,
): FailureGroup {
  return {
    kind,
    name,
    cause: causeOf(message),
    count,
    firstSeen: instant(firstSeen),
    lastSeen: instant(lastSeen),
    samples: newest.map((text) => sampleOf(text, shownMessage(message, messages))),
    invocationIds,
  }
}

function sampleOf(text: string, message: string | null): FailureSample {
  const [id = '', invocationId = '', ...at] = text.split(' ')
  return { id, invocationId, at: instant(at.join(' ')), message }
}

/** Two parts of the failures of one cause as one. */
export function mergedFailures<G extends Omit<FailureGroup, 'invocationIds'>>(a: G, b: G): G {
  return {
    ...a,
    count: a.count + b.count,
    firstSeen: compareInstants(a.firstSeen, b.firstSeen) <= 0 ? a.firstSeen : b.firstSeen,
    lastSeen: compareInstants(a.lastSeen, b.lastSeen) >= 0 ? a.lastSeen : b.lastSeen,
    samples: newestSamples(a.samples, b.samples),
  }
}

/** Mostly all of one part are newer than those of the other. */
function newestSamples(a: FailureSample[], b: FailureSample[]): FailureSample[] {
  const [lastOfA, firstOfB] = [a.at(-1), b[0]]
  const both = a.concat(b)
  if (lastOfA && firstOfB && newestFirst(lastOfA, firstOfB) < 0) return both.slice(0, SAMPLES)
  return both.toSorted(newestFirst).slice(0, SAMPLES)
}

function merged(a: FailureGroup, b: FailureGroup): FailureGroup {
  return { ...mergedFailures(a, b), invocationIds: a.invocationIds.concat(b.invocationIds) }
}

function newestFirst(a: FailureSample, b: FailureSample): number {
  return compareInstants(b.at, a.at) || (a.id < b.id ? 1 : -1)
}
