import { compareInstants, instant } from '../instant.ts'

/** An invocation on the way up, and the job by which it triggered the one below it (null for where the climb began). */
export interface AncestorRow {
  id: string
  sourceJobId: string | null
  sourceFunction: string
  createdAt: string
  jobId: string | null
  jobName: string | null
}

export interface Ancestor {
  invocationId: string
  sourceFunction: string
  jobId: string
  jobName: string
}

export interface Lineage {
  rootId: string
  /** From the root down to the parent; empty for a root. */
  ancestors: Ancestor[]
  /** Ancestors between the root and the nearest ones that are left out of `ancestors`. */
  omittedAncestors: number
  /** The invocation is its own descendant. */
  cycle: boolean
  /** So is the root, which then is a member of a cycle that somebody edited into the rows. */
  rootCycle: boolean
}

const MAX_ANCESTORS = 1000

/**
 * Orders the rows of a climb from invocation `id`. Climbing into a cycle, the root is the member of the cycle with the smallest
 * (createdAt, id), and the way down to `id` begins there. Of more than 1,000 ancestors the root and the nearest 999 stay.
 */
export function lineage(id: string, rows: readonly AncestorRow[]): Lineage {
  const byJob = new Map(rows.filter((row) => row.jobId !== null).map((row) => [row.jobId, row]))
  const start = rows.find((row) => row.id === id && row.jobId === null)
  const path: AncestorRow[] = []
  const place = new Map([[id, -1]])
  let next = start?.sourceJobId == null ? undefined : byJob.get(start.sourceJobId)
  while (next && !place.has(next.id)) {
    place.set(next.id, path.length)
    path.push(next)
    next = next.sourceJobId === null ? undefined : byJob.get(next.sourceJobId)
  }
  // `next` stands where the path returned to: all from there on is the cycle.
  const entry = next && place.get(next.id)
  const rootAt =
    entry === undefined
      ? path.length - 1
      : entry + argmin([...(entry === -1 && start ? [start] : []), ...path.slice(Math.max(entry, 0))])
  const ancestors = path.slice(0, rootAt + 1).reverse()
  return {
    rootId: ancestors[0]?.id ?? id,
    ancestors: shortened(ancestors).map(ancestor),
    omittedAncestors: Math.max(0, ancestors.length - MAX_ANCESTORS),
    cycle: entry === -1,
    rootCycle: entry !== undefined,
  }
}

function argmin(members: readonly AncestorRow[]): number {
  let least = 0
  for (const [at, member] of members.entries()) if (isEarlier(member, members[least] ?? member)) least = at
  return least
}

function isEarlier(a: AncestorRow, b: AncestorRow): boolean {
  return (compareInstants(instant(a.createdAt), instant(b.createdAt)) || (a.id < b.id ? -1 : 1)) < 0
}

function shortened(ancestors: AncestorRow[]): AncestorRow[] {
  return ancestors.length <= MAX_ANCESTORS
    ? ancestors
    : [...ancestors.slice(0, 1), ...ancestors.slice(1 - MAX_ANCESTORS)]
}

function ancestor({ id, sourceFunction, jobId, jobName }: AncestorRow): Ancestor {
  return { invocationId: id, sourceFunction, jobId: jobId ?? '', jobName: jobName ?? '' }
}
