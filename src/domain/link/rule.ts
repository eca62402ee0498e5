import { addMs, endOf, isBefore } from '../instant.ts'

/**
 * What is known of the job that triggered an invocation. recorded: source_job_id names it. recovered: a link that the writer had lost was
 * put back. recoverable: the payload names a job that is there, and the event came in time. ambiguous: the payload names a job that had ended
 * long before the event. pending: the row of the named job may still arrive. severed: it is gone, or it never came. none: no row names a
 * parent. unknown: nobody has looked into the payload.
 */
export const links = [
  'recorded',
  'recovered',
  'recoverable',
  'ambiguous',
  'pending',
  'severed',
  'none',
  'unknown',
] as const
export type Link = (typeof links)[number]

/** Counts up whenever the rule would decide otherwise about the same rows: what was decided by an older one is to be looked at again. */
export const RULE_VERSION = 1

/** What the rule decides from. Instants are ISO 8601 (see instant.ts). */
export interface LinkFacts {
  createdAt: string
  /** When the database event happened; of an invocation without one, when it began. */
  eventTime: string
  /** The database's clock when it was looked. */
  now: string
  sourceJobId: string | null
  /** source_job_id holds what was put back. */
  recovered?: boolean
  /** The UUID that the payload gives where its writer puts the job's id; it is looked for only where source_job_id is empty. */
  namedJobId: string | null
  /** The payload could not be read. */
  unread: boolean
  /** The job that source_job_id names, else the one that the payload names; null: there is no such row. */
  job: NamedJob | null
}

export interface NamedJob {
  startedAt: string
  durationMs: number | null
  /** It ran in this very invocation, so it cannot have triggered it. */
  own: boolean
}

/** `namedJobId` is the job that the payload names, where source_job_id holds none. */
export interface FoundLink {
  link: Link
  namedJobId: string | null
}

/** How far clocks of two hosts may differ, ms: an event may seem to come so long before the job that caused it. */
const SKEW = 5000
/** A row can be 12 s late, if its writer retries; ms. */
const ARRIVAL = 60_000

/** The one rule by which links are told. `maxAge`: how long after the end of a job an event may still come from it, ms. */
export function linkOf(facts: LinkFacts, maxAge: number): FoundLink {
  const { sourceJobId, recovered, namedJobId, unread, job } = facts
  if (sourceJobId !== null)
    return { link: job === null ? absent(facts) : recovered ? 'recovered' : 'recorded', namedJobId: null }
  if (unread) return { link: 'unknown', namedJobId: null }
  if (namedJobId === null) return { link: 'none', namedJobId: null }
  return { link: job === null ? absent(facts) : byTime(facts, job, maxAge), namedJobId }
}

/** In lists, and for the nodes below the head of a tree, where nobody looks into payloads: what is kept of the link, if anything is. */
export function shownLink({ link, sourceJobId }: { link?: Link | null; sourceJobId: string | null }): Link {
  return link ?? (sourceJobId === null ? 'unknown' : 'recorded')
}

function absent({ createdAt, now }: LinkFacts): Link {
  return isBefore(now, addMs(createdAt, ARRIVAL)) ? 'pending' : 'severed'
}

/** The token of a record stays in it until somebody sets another one, so a later write of somebody else names the old job too. */
function byTime({ eventTime }: LinkFacts, { startedAt, durationMs, own }: NamedJob, maxAge: number): Link {
  if (own || isBefore(eventTime, addMs(startedAt, -SKEW))) return 'none'
  const endedAt = endOf(startedAt, durationMs)
  return endedAt !== null && isBefore(addMs(endedAt, maxAge), eventTime) ? 'ambiguous' : 'recoverable'
}
