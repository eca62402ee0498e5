import { linkOf, type Link, type LinkFacts } from './rule.ts'

/** What observability_links says of an invocation. */
export type LinkState = 'recovered' | 'mended' | 'undone' | 'ambiguous' | 'pending' | 'severed'

/** An invocation whose column is empty, what its payload names, and what is kept of it. */
export interface Examined extends LinkFacts {
  id: string
  /** The invocation in which the named job ran; null: there is no such job. */
  parentId: string | null
  /** `current`: by this version of the rule, with these settings. */
  kept: { state: LinkState; jobId: string; current: boolean } | null
}

/** What is to be kept from now on of an invocation: a state and a job, or nothing (null). */
export interface Decision {
  id: string
  createdAt: string
  keep: { state: LinkState; jobId: string } | null
  /** What is kept is another thing than before. */
  changed: boolean
  /** Its invocation, if the job was not its source before: such a link may close a circle. */
  newParentId: string | null
  /** What the counts say of it. */
  state: LinkState | 'none' | 'unknown'
}

/**
 * What becomes of an invocation whose column is empty. `maxAge`: see linkOf. What a person took back stays so unless `again`; what cannot be
 * read stays as it was.
 */
export function decide(examined: Examined, maxAge: number, again: boolean): Decision {
  const { id, createdAt, kept, parentId } = examined
  const as = { id, createdAt }
  const { link, namedJobId } = linkOf(examined, maxAge)
  const stays = link === 'unknown' || (kept?.state === 'undone' && !again)
  if (stays) return { ...as, keep: kept, changed: false, newParentId: null, state: kept?.state ?? 'unknown' }
  const state = stateOf[link]
  if (state === undefined || namedJobId === null)
    return { ...as, keep: null, changed: kept !== null, newParentId: null, state: 'none' }
  const same = kept?.jobId === namedJobId && kept.current
  const counted = kept?.jobId === namedJobId && (kept.state === 'recovered' || kept.state === 'mended')
  return {
    ...as,
    keep: { state, jobId: namedJobId },
    changed: !(same && kept.state === state),
    newParentId: state === 'recovered' && !counted ? parentId : null,
    state,
  }
}

const stateOf: Partial<Record<Link, LinkState>> = {
  recoverable: 'recovered',
  ambiguous: 'ambiguous',
  pending: 'pending',
  severed: 'severed',
}
