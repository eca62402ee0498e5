import { instant } from '../instant.ts'
import type { JobTime } from '../lag.ts'
import type { Position } from '../paging/cursor.ts'
import { levelJobs } from './level-jobs.ts'
import { invocationsLeft, type More, type TreeJob } from './node.ts'
import type { NodeRow, TreeLimits, TriggeredCount } from './row.ts'

/** What is shown of that which a job triggered: how many, and the last of them. */
export interface Portion {
  count: number
  last: Position | null
}

/** Where a walk down a tree stands: the level that is read, and the jobs of it and of the one above. Members come level by level, each by (createdAt, id). */
export interface Frontier {
  /** False: the tree is cut before this member. */
  enter(member: NodeRow): boolean
  /** The jobs that are shown of the member that entered last. */
  opened(id: string, jobs: readonly TreeJob[]): void
  /** Nothing below this member is read any more. */
  isLast(member: NodeRow): boolean
  depth(): number
  /** Invocations so far. */
  seen(): number
  /** When the job ran that triggered the member that entered last; null: it is the start. */
  triggeredBy(member: NodeRow): JobTime | null
  /** The jobs of the level and the invocations that they belong to, commas between. */
  jobs(): { ids: string; invocationIds: string }
  /** By job, where the level was cut: what is shown of what it triggered. Null for a level that is whole. */
  cut(): Map<string, Portion> | null
}

/** Keeps the jobs of two levels and no more, so a tree of any size can be streamed. */
export function frontier({ maxDepth, maxNodes }: TreeLimits): Frontier {
  let depth = 0
  let above = levelJobs()
  let here = levelJobs()
  let seen = 0
  let seenAbove = 0
  let cut: Map<string, Portion> | null = null
  return {
    enter(member) {
      if (member.depth > depth) {
        depth = member.depth
        seenAbove = seen
        above = here
        here = levelJobs()
      }
      if (seenAbove + member.size > maxNodes)
        cut ??= new Map(
          above
            .joined()
            .ids.split(',')
            .map((job) => [job, { count: 0, last: null }]),
        )
      if (seen >= maxNodes) return false
      seen += 1
      const portion = cut?.get(member.sourceJobId ?? '')
      if (portion) {
        portion.count += 1
        portion.last = { at: instant(member.createdAt), id: member.id }
      }
      return true
    },
    opened: (id, jobs) => here.add(id, jobs),
    triggeredBy: ({ parentId, sourceJobId }) =>
      parentId === null || sourceJobId === null ? null : above.timeOf(parentId, sourceJobId),
    isLast: (member) => member.depth >= maxDepth || seenAbove + member.size >= maxNodes,
    depth: () => depth,
    seen: () => seen,
    jobs: () => here.joined(),
    cut: () => cut,
  }
}

/** What is left out below each job, from how many invocations it triggered in all. */
export function moreByJob(shown: ReadonlyMap<string, Portion>, counts: readonly TriggeredCount[]): Map<string, More> {
  const more = new Map<string, More>()
  for (const { jobId, count, below } of counts) {
    const { count: seen, last } = shown.get(jobId) ?? { count: 0, last: null }
    if (count > seen)
      more.set(jobId, { ...invocationsLeft(count - seen, below), rest: { of: 'triggered', jobId, after: last } })
  }
  return more
}
