import type { Queryable } from '../db/db.ts'
import { identifier, sql, type Sql } from '../db/sql.ts'
import type { PersonalRow } from '../domain/privacy/personal.ts'
import type { PersonalField } from '../domain/privacy/personal-field.ts'
import { list } from './columns.ts'

/** Largest value of the row that was asked for, in bytes of text. The largest payloads known are of 700 KB. */
const LARGEST = 8 * 1024 * 1024
/** Largest value of each of the up to 100 jobs and events around it, which would add up. */
const LARGEST_LISTED = 64 * 1024

interface Source {
  from: Sql
  id: Sql
  columns: Partial<Record<PersonalField, Sql>>
}

const invocations: Source = {
  from: sql`public.invocations i`,
  id: sql`i.id`,
  columns: {
    sourceUserEmail: sql`i.source_user_email`,
    payload: sql`i.source_event_payload`,
    context: sql`i.context_data`,
    errorStack: sql`i.error_stack`,
  },
}
const jobs: Source = {
  from: sql`public.job_executions j`,
  id: sql`j.id`,
  columns: { options: sql`j.job_options`, result: sql`j.result`, errorStack: sql`j.error_stack` },
}
const events: Source = {
  from: sql`public.event_executions e`,
  id: sql`e.id`,
  columns: { errorStack: sql`coalesce(e.detection_error_stack::text, e.handler_error_stack::text)` },
}

/** What was asked for of an invocation's personal columns; no others are read, for each may be a large value of its own. None where nothing of it was asked for. */
export function personalOfInvocation(
  db: Queryable,
  id: string,
  fields: readonly PersonalField[],
): Promise<PersonalRow[]> {
  return personalRows(db, invocations, [id], fields, LARGEST)
}

/** The same of a job. */
export function personalOfJob(db: Queryable, id: string, fields: readonly PersonalField[]): Promise<PersonalRow[]> {
  return personalRows(db, jobs, [id], fields, LARGEST)
}

/** The same of an event. */
export function personalOfEvent(db: Queryable, id: string, fields: readonly PersonalField[]): Promise<PersonalRow[]> {
  return personalRows(db, events, [id], fields, LARGEST)
}

/** The same of the jobs that stand in a list. */
export function personalOfJobs(db: Queryable, ids: string[], fields: readonly PersonalField[]): Promise<PersonalRow[]> {
  return personalRows(db, jobs, ids, fields, LARGEST_LISTED)
}

/** The same of the invocations that stand in a list. */
export function personalOfInvocations(
  db: Queryable,
  ids: string[],
  fields: readonly PersonalField[],
): Promise<PersonalRow[]> {
  return personalRows(db, invocations, ids, fields, LARGEST_LISTED)
}

/** The same of the events that stand in a list. */
export function personalOfEvents(
  db: Queryable,
  ids: string[],
  fields: readonly PersonalField[],
): Promise<PersonalRow[]> {
  return personalRows(db, events, ids, fields, LARGEST_LISTED)
}

async function personalRows(
  db: Queryable,
  { from, id, columns: all }: Source,
  ids: string[],
  fields: readonly PersonalField[],
  largest: number,
): Promise<PersonalRow[]> {
  const asked = fields.flatMap((field) => (all[field] ? [{ field, column: all[field] }] : []))
  if (asked.length === 0 || ids.length === 0) return []
  return db.query<PersonalRow>(sql`
select ${id},
       ${bounded(asked, largest)}
  from ${from}
 where ${id} = any(${ids}::uuid[])`)
}

/** The values up to a size as text, JSON too (see RawJson), and the names of the larger ones. */
function bounded(asked: ReadonlyArray<{ field: PersonalField; column: Sql }>, largest: number): Sql {
  const values = asked.map(
    ({ field, column }) =>
      sql`case when octet_length(${column}::text) <= ${largest} then ${column}::text end as ${identifier(field)}`,
  )
  const larger = asked.map(
    ({ field, column }) => sql`case when octet_length(${column}::text) > ${largest} then ${field}::text end`,
  )
  return list([...values, sql`array_remove(array[${list(larger)}], null) as omitted`])
}
