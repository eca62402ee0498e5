import { join, sql, type Sql } from '../db/sql.ts'
import type { RowRules } from '../domain/liveness.ts'
import type { CrashRow } from '../domain/model/crash.ts'
import type { Outcome } from '../domain/model/status.ts'
import { messageOf } from './column-types.ts'
import { selected, type Columns } from './columns.ts'
import { writtenAt } from './effective-link.ts'
import { isLive } from './liveness.ts'
import { versionOf } from './version.ts'

/** Did a row with this status fail? The same words as `isFailure` has (src/domain/model/status.ts). */
export function hasFailed(status: Sql): Sql {
  return sql`${status}::text in ('failed', 'timeout', 'timed_out')`
}

/**
 * Of an event `e`: its handler or its detection threw. One that was not detected may carry the error of another event, and is no crash.
 * As in migration 006, or its index serves nothing.
 */
export const crashedEvent = sql`(e.status::text = 'handler_failed' or (e.status::text = 'detection_failed' and e.detected))`

/** Each invocation that crashed, once. */
const crashedInvocations = sql`
       select distinct e.invocation_id
         from public.event_executions e
        where ${crashedEvent}`

/**
 * Joins `c`, which has an invocation_id if the invocation `i` crashed. all: by a list of all crashes that there are, for statements that count all invocations of
 * a long window; each: by a lookup for each invocation, for an hour of them, where that list would grow with the years.
 */
export const crashesOf = {
  all: sql`left join (${crashedInvocations}) c
    on c.invocation_id = i.id`,
  each: sql`left join lateral (
       select e.invocation_id
         from public.event_executions e
        where e.invocation_id = i.id
          and ${crashedEvent}
        limit 1) c
    on true`,
}
export type CrashLook = keyof typeof crashesOf

/** Of an event `e` that crashed. */
export const crashColumns = {
  eventId: sql`e.id`,
  eventName: sql`e.event_name::text`,
  message: messageOf(sql`e.detection_error`, sql`e.handler_error`),
  version: versionOf(sql`e`),
} satisfies Record<keyof CrashRow, Sql>

/** The first crash of an invocation by (created_at, id), as JSON of a CrashRow; NULL if none of its events crashed. */
export function firstCrash(invocationId: Sql): Sql {
  return sql`(select to_json(c)
          from (select ${selected(crashColumns)}
                  from public.event_executions e
                 where e.invocation_id = ${invocationId}
                   and ${crashedEvent}
                 order by e.created_at, e.id
                 limit 1) c)`
}

/**
 * Did an event of an invocation crash? true, or NULL. Its limit makes it a lookup of two pages in the index for each row that is looked at: of `exists` the planner
 * makes a list of all crashes that there are first, which grows with the years (763 pages for 2,000 of them, before the first row of a page).
 */
export function hasCrashed(invocationId: Sql): Sql {
  return sql`(select true
          from public.event_executions e
         where e.invocation_id = ${invocationId}
           and ${crashedEvent}
         limit 1)`
}

const conditions = {
  failed: sql`${hasFailed(sql`i.status`)} or ${hasCrashed(sql`i.id`)}`,
  crashed: hasCrashed(sql`i.id`),
  completed: sql`i.status::text = 'completed' and ${hasCrashed(sql`i.id`)} is null`,
}
const runs = sql`i.status::text = 'running' and ${hasCrashed(sql`i.id`)} is null`

/** The invocation `i` came out in one of these ways. One that runs and has given no sign of life for `staleAfter` ms is stale. */
export function cameOutAs(outcomes: readonly Outcome[], { staleAfter, linkWay }: RowRules): Sql {
  const live = isLive(sql`i`, writtenAt[linkWay], staleAfter)
  const all = { ...conditions, running: sql`${runs} and ${live}`, stale: sql`${runs} and not ${live}` }
  return sql`(${join(
    outcomes.map((outcome) => sql`(${all[outcome]})`),
    ' or ',
  )})`
}

/**
 * The first crash of each of these invocations (`ids`: an array of uuid) that crashed, with these columns of its event `e`. All are looked up together: for 500
 * nodes of which 5 crashed Postgres 18 reads 7 pages so, where a lookup for each node in the walk reads two.
 */
export function firstCrashes(ids: Sql, columns: Columns): Sql {
  return sql`
       select distinct on (e.invocation_id)
              ${selected(columns)}
         from public.event_executions e
        where e.invocation_id = any(${ids})
          and ${crashedEvent}
        order by e.invocation_id, e.created_at, e.id`
}
