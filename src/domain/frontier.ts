import type { Position } from './cursor.ts'
import { restOf, type More, type Node } from './tree-row.ts'

/** A job that triggered invocations of which the cut may have left some out: how many are shown, and the last of them. */
interface Portion {
  count: number
  last: Position | null
}

/** The jobs of the last two levels, to tell at the end which of them lost some of what they triggered. */
export interface Frontier {
  add(node: Node): void
  /** By job: what is shown of what it triggered, on the level that was cut. */
  above(): ReadonlyMap<string, Portion>
}

/** Keeps two levels of jobs and no more, so a tree of any size can be streamed. Nodes come level by level. */
export function frontier(): Frontier {
  let above = new Map<string, Portion>()
  let here = new Map<string, Portion>()
  let depth = 0
  return {
    add(node) {
      if (node.depth > depth) {
        depth = node.depth
        above = here
        here = new Map()
      }
      for (const job of node.jobs) here.set(job.id, { count: 0, last: null })
      const from = above.get(node.sourceJobId ?? '')
      if (from) {
        from.count += 1
        from.last = { at: node.createdAt, id: node.id }
      }
    },
    above: () => above,
  }
}

/** What is left out below each job, from how many invocations it triggered in all. */
export function moreByJob(shown: ReadonlyMap<string, Portion>, counts: ReadonlyArray<{ jobId: string; count: number }>): Map<string, More> {
  const more = new Map<string, More>()
  for (const { jobId, count } of counts) {
    const { count: seen, last } = shown.get(jobId) ?? { count: 0, last: null }
    if (count > seen) more.set(jobId, { invocations: count - seen, href: restOf('/invocations', 'sourceJobId', jobId, last) })
  }
  return more
}
