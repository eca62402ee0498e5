import type { Queryable } from '../db/db.ts'
import { sql, type Sql } from '../db/sql.ts'
import type { PersonalRow } from '../domain/personal.ts'
import type { PersonalField } from '../domain/personal-field.ts'
import { columns } from './page.ts'

/** Largest value of the row that was asked for, in bytes of text. The largest payloads known are of 700 KB. */
const LARGEST = 8 * 1024 * 1024
/** Largest value of each of the up to 100 jobs and events around it, which would add up. */
const LARGEST_LISTED = 64 * 1024

type Columns = Partial<Record<PersonalField, Sql>>

const ofInvocation: Columns = { sourceUserEmail: sql`i.source_user_email`, payload: sql`i.source_event_payload`, context: sql`i.context_data`, errorStack: sql`i.error_stack` }
const ofJob: Columns = { options: sql`j.job_options`, result: sql`j.result`, errorStack: sql`j.error_stack` }
const ofEvent: Columns = { errorStack: sql`coalesce(e.detection_error_stack, e.handler_error_stack)` }

const names: Record<PersonalField, Sql> = {
  sourceUserEmail: sql`"sourceUserEmail"`, payload: sql`payload`, context: sql`context`, options: sql`options`, result: sql`result`, errorStack: sql`"errorStack"`,
}

/** What was asked for of an invocation's personal columns; no others are read, for each may be a large value of its own. None where nothing of it was asked for. */
export async function personalOfInvocation(db: Queryable, id: string, fields: readonly PersonalField[]): Promise<PersonalRow[]> {
  const asked = askedOf(ofInvocation, fields)
  if (asked.length === 0) return []
  return db.query<PersonalRow>(sql`
select i.id,
       ${bounded(asked, LARGEST)}
  from invocations i
 where i.id = ${id}::uuid`)
}

/** The same of a job. */
export async function personalOfJob(db: Queryable, id: string, fields: readonly PersonalField[]): Promise<PersonalRow[]> {
  return jobsWith(db, [id], fields, LARGEST)
}

/** The same of the jobs that stand in a list. */
export async function personalOfJobs(db: Queryable, ids: string[], fields: readonly PersonalField[]): Promise<PersonalRow[]> {
  return jobsWith(db, ids, fields, LARGEST_LISTED)
}

async function jobsWith(db: Queryable, ids: string[], fields: readonly PersonalField[], largest: number): Promise<PersonalRow[]> {
  const asked = askedOf(ofJob, fields)
  if (asked.length === 0 || ids.length === 0) return []
  return db.query<PersonalRow>(sql`
select j.id,
       ${bounded(asked, largest)}
  from job_executions j
 where j.id = any(${ids}::uuid[])`)
}

/** The same of the events that stand in a list. */
export async function personalOfEvents(db: Queryable, ids: string[], fields: readonly PersonalField[]): Promise<PersonalRow[]> {
  const asked = askedOf(ofEvent, fields)
  if (asked.length === 0 || ids.length === 0) return []
  return db.query<PersonalRow>(sql`
select e.id,
       ${bounded(asked, LARGEST_LISTED)}
  from event_executions e
 where e.id = any(${ids}::uuid[])`)
}

type Asked = Array<[field: PersonalField, column: Sql]>

function askedOf(of: Columns, fields: readonly PersonalField[]): Asked {
  return Object.entries(of).flatMap(([name, column]) => {
    const field = name as PersonalField
    return fields.includes(field) ? [[field, column]] : []
  })
}

/** The values up to a size as text, JSON too (see Verbatim), and the names of the larger ones. */
function bounded(asked: Asked, largest: number): Sql {
  const values = asked.map(([field, column]) => sql`case when octet_length(${column}::text) <= ${largest} then ${column}::text end as ${names[field]}`)
  const larger = asked.map(([field, column]) => sql`case when octet_length(${column}::text) > ${largest} then ${field}::text end`)
  return columns(...values, sql`array_remove(array[${columns(...larger)}], null) as omitted`)
}
