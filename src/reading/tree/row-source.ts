import type { Snapshot } from '../../db/db.ts'
import type { Frontier } from '../../domain/tree/frontier.ts'
import type { NodeEventsRow, NodeParts, NodeRow, TriggeredCount } from '../../domain/tree/row.ts'
import { eventsOfNodes, jobCounts, jobsAndCrashesOfNodes, triggeredCounts } from '../../queries/tree/parts.ts'
import type { SmallTreeRows } from '../../queries/tree/small-tree.ts'
import { levels, type Descent } from './levels.ts'

/** Where a walk takes the rows of its tree from. */
export interface RowSource {
  /** The invocations in batches, level by level. `edge` knows the level that was taken last, and its jobs. */
  levels(edge: Frontier): AsyncGenerator<NodeRow[], void>
  /** Of a batch of invocations. */
  parts(ids: readonly string[]): Promise<NodeParts>
  /** How many invocations these jobs triggered; those that triggered none are left out. */
  triggered(jobIds: readonly string[]): Promise<TriggeredCount[]>
  /** How many jobs these invocations have. */
  jobCounts(ids: readonly string[]): Promise<Array<{ invocationId: string; count: number }>>
  events(ids: readonly string[]): Promise<NodeEventsRow[]>
}

/** Statements of a snapshot, as many as the tree takes. */
export function fromSnapshot(snapshot: Snapshot, descent: Omit<Descent, 'edge'>): RowSource {
  const { start, linkWay, reach } = descent
  return {
    levels: (edge) => levels(snapshot, { ...descent, edge }),
    parts: (ids) => jobsAndCrashesOfNodes(snapshot, ids, reach),
    triggered: (jobIds) => triggeredCounts(snapshot, start, jobIds, linkWay),
    jobCounts: (ids) => jobCounts(snapshot, ids),
    events: (ids) => eventsOfNodes(snapshot, ids, reach),
  }
}

/** Rows that are there already. No invocation of them has more jobs than are shown. */
export function fromRows({ nodes, parts, triggered, events }: SmallTreeRows): RowSource {
  return {
    async *levels() {
      yield nodes
    },
    parts: async () => parts,
    async triggered(jobIds) {
      const asked = new Set(jobIds)
      return triggered.filter(({ jobId }) => asked.has(jobId))
    },
    jobCounts: async () => [],
    events: async () => events,
  }
}
