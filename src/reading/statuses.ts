import type { Queryable } from '../db/db.ts'
import type { Statuses } from '../domain/model/status.ts'
import { statusesOf } from '../domain/named-statuses.ts'
import { columnRows } from '../queries/schema.ts'

/** What a filter on a status may name in this database. Reads catalogues alone. */
export async function readStatuses(db: Queryable): Promise<Statuses> {
  return statusesOf(await columnRows(db))
}
