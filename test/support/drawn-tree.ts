import type { CrashRow } from '../../src/domain/model/crash.ts'
import type { Clock } from '../../src/domain/liveness.ts'
import { node, treeJob, type Node } from '../../src/domain/tree/node.ts'
import { instantOf } from './forest.ts'

/** A run as a person draws it: ms since the start of the drawing; no end: it runs. */
type Span = [start: number, end?: number]

export interface DrawnJob {
  job: string
  at: Span
  status?: string
  error?: string
  event?: string
  triggers?: DrawnRun[]
}

export interface DrawnRun {
  run: string
  at: Span
  status?: string
  error?: string
  /** When the event happened. */
  event?: number
  /** The name of the event that crashed. */
  crashed?: string
  jobs?: DrawnJob[]
}

const START = Date.parse('2026-11-22T09:00:00Z') * 1000

export const at = (ms: number): string => instantOf(START + Math.round(ms * 1000))
const row = (ms: number): string => at(ms).replace('T', ' ').replace('Z', '+00')

/** The clock of a drawing: `now` in ms, and since when who is silent is stale. */
export const drawnClock = (now: number, silentSince = '-infinity'): Clock => ({ asOf: at(now), silentSince })

const statusOf = ({ status, at: [, end] }: { status?: string; at: Span }): string =>
  status ?? (end === undefined ? 'running' : 'completed')

/** The nodes of a drawn tree by depth, as they are read. Ids are the names, so they stand once each. */
export function drawn(root: DrawnRun, clock: Clock): Node[] {
  const nodes: Node[] = []
  let level: Array<{ run: DrawnRun; parentId: string | null; jobId: string | null }> = [
    { run: root, parentId: null, jobId: null },
  ]
  for (let depth = 0; level.length > 0; depth += 1) {
    nodes.push(...level.map(({ run, parentId, jobId }) => nodeOf(run, depth, parentId, jobId, clock)))
    level = level.flatMap(({ run }) =>
      (run.jobs ?? []).flatMap(({ job, triggers = [] }) =>
        triggers.map((next) => ({ run: next, parentId: run.run, jobId: job })),
      ),
    )
  }
  return nodes
}

function nodeOf(run: DrawnRun, depth: number, parentId: string | null, jobId: string | null, clock: Clock): Node {
  const [start, end] = run.at
  const life = {
    status: statusOf(run),
    durationMs: end === undefined ? null : end - start,
    signOfLife: end === undefined ? row(start) : null,
  }
  const crash: CrashRow | null =
    run.crashed === undefined
      ? null
      : { eventId: run.crashed, eventName: run.crashed, message: run.error ?? null, version: '' }
  return node(
    {
      ...life,
      id: run.run,
      depth,
      size: 1,
      parentId,
      createdAt: row(start),
      updatedAt: row(start),
      sourceJobId: jobId,
      sourceFunction: run.run,
      sourceTable: null,
      sourceOperation: null,
      sourceSystem: null,
      sourceEventId: null,
      sourceEventTime: run.event === undefined ? null : row(run.event),
      eventsDetected: 0,
      jobsRun: null,
      correlationId: null,
      errorMessage: run.crashed === undefined ? (run.error ?? null) : null,
      state: '',
    },
    {
      triggeredBy: null,
      jobsInAll: null,
      omitted: 0,
      below: 0,
      crash,
      jobs: (run.jobs ?? []).map((job) =>
        treeJob(
          {
            id: job.job,
            invocationId: run.run,
            eventExecutionId: job.event ?? 'event',
            createdAt: row(job.at[0]),
            durationMs: job.at[1] === undefined ? null : job.at[1] - job.at[0],
            status: statusOf(job),
            name: job.job,
            functionName: null,
            errorMessage: job.error ?? null,
            state: '',
          },
          life,
          'first-line',
          clock,
        ),
      ),
    },
    'first-line',
    clock,
  )
}
