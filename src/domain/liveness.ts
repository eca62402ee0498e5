import { addMs, compareInstants, instant } from './instant.ts'
import type { LinkWay } from './link/way.ts'

/** How rows are read that do not tell by themselves. */
export interface RowRules {
  /** What runs, and has given no sign of life for so long, is stale; ms. */
  staleAfter: number
  /** Where links are read. */
  linkWay: LinkWay
  /** Figures are made of hours that were counted, as far as there are any. */
  rollups?: boolean
  /** Lists of trees are made of those that were summed up. */
  summaries?: boolean
}

/** The clock of the database when rows were read, and since when whoever was silent is stale: two instants. */
export interface Clock {
  asOf: string
  silentSince: string
}

/** `asOf`: Postgres text, or an instant. */
export function clockAt(asOf: string, { staleAfter }: Pick<RowRules, 'staleAfter'>): Clock {
  const at = instant(asOf)
  return { asOf: at, silentSince: addMs(at, -staleAfter) }
}

/** What tells whether a row that says it runs still does. */
export interface Life {
  status: string
  /** Of an event: of its handler. */
  durationMs: number | null
  /** The newest of updated_at of its invocation, and of the events and jobs of that, as Postgres text. Null where the invocation has ended, or is gone. */
  signOfLife: string | null
}

/** The statuses of what runs: of an invocation or a job, and of an event. */
export const runningStatuses = { ofRuns: ['running'], ofEvents: ['detecting', 'handling'] } as const

const underWay = new Set<string>(Object.values(runningStatuses).flat())

/** Does a status say that something goes on? */
export function isUnderWay(status: string): boolean {
  return underWay.has(status)
}

/**
 * Does a row say that it runs although nothing does? A process that died, or a flush that was lost, leaves its rows `running` for ever. So what is silent
 * for too long is stale, and at once what has a duration, or belongs to an invocation that has ended. In SQL the same is `isLive` (src/queries/liveness.ts).
 */
export function isStale({ status, durationMs, signOfLife }: Life, { silentSince }: Clock): boolean {
  if (!underWay.has(status)) return false
  return durationMs !== null || signOfLife === null || compareInstants(instant(signOfLife), silentSince) <= 0
}

/** The sign of life of an invocation for what belongs to it: none once it has ended. */
export function signForParts({ status, durationMs, signOfLife }: Life): string | null {
  return status === 'running' && durationMs === null ? signOfLife : null
}
