import { partOf, type ColumnsOf, type Fields, type Selection } from '../fields.ts'
import type { Branch, BranchJob } from './nest.ts'
import type { NodeJobRow, NodeRow } from './row.ts'

/** A column of an invocation, or one of its jobs. */
type NodeColumn = keyof NodeRow | `jobs.${keyof NodeJobRow}` | 'crash'

/**
 * The columns of which each field of an invocation of a tree is made: those alone that are read for that field. Ids, instants, statuses and durations
 * are read of all, for they make the tree and its figures.
 */
export const columnsOfNode = {
  id: [],
  createdAt: [],
  endedAt: [],
  durationMs: [],
  status: [],
  stale: [],
  crashed: [],
  crash: ['crash'],
  sourceFunction: ['sourceFunction'],
  sourceTable: ['sourceTable'],
  sourceOperation: ['sourceOperation'],
  sourceSystem: ['sourceSystem'],
  sourceEventId: ['sourceEventId'],
  sourceEventTime: ['sourceEventTime'],
  correlationId: ['correlationId'],
  sourceJobId: [],
  link: [],
  eventsDetected: ['eventsDetected'],
  'jobs.id': [],
  'jobs.name': ['jobs.name'],
  'jobs.functionName': ['jobs.functionName'],
  'jobs.status': [],
  'jobs.stale': [],
  'jobs.durationMs': [],
  'jobs.startedAt': [],
  'jobs.endedAt': [],
  'jobs.errorMessage': ['jobs.errorMessage'],
  'jobs.eventExecutionId': ['jobs.eventExecutionId'],
  errorMessage: ['errorMessage'],
  depth: [],
  parentId: [],
  lagMs: [],
  clockSkew: [],
  telemetryLoss: ['jobsRun'],
} as const satisfies ColumnsOf<NodeColumn>

/** What is told of a node whatever was asked for. */
const always = { events: true, more: true, cycle: true } as const

/** What is left of a node of a list of nodes. */
export function nodeSelection({ selection }: Fields): Selection {
  const { jobs } = selection
  return { ...selection, ...always, ...(jobs instanceof Object ? { jobs: { ...jobs, more: true } } : {}) }
}

/** The nodes of a nested tree with these fields alone, parents before children as they came. Jobs stay if something stands below them. No recursion; see nest. */
export function partOfTree<M>(root: Branch<M>, nodes: ReadonlyArray<Branch<M>>, fields: Fields): Branch<M> {
  const { jobs: ofJobs, ...ofNode } = nodeSelection(fields)
  const ofJob = ofJobs instanceof Object ? ofJobs : undefined
  const parts = new Map<Branch<M>, Branch<M>>()
  const job = (whole: BranchJob<M>): BranchJob<M> => ({
    ...partOf(whole, ofJob ?? { more: true }),
    triggered: whole.triggered.map((each) => parts.get(each) ?? each),
  })
  for (const whole of nodes.toReversed()) {
    const shown = ofJob ? whole.jobs : whole.jobs.filter(({ triggered, more }) => triggered.length > 0 || more)
    parts.set(whole, { ...partOf(whole, ofNode), jobs: shown.map(job) })
  }
  return parts.get(root) ?? root
}
