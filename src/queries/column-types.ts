import { sql, type Sql } from '../db/sql.ts'

/** A number of whatever type (int2 to int8, numeric, real) as one of JSON: the driver would make strings of some. What JSON cannot hold (NaN, infinity) is null. */
export function numberOf(column: Sql): Sql {
  return sql`case when abs(${column}::float8) < 'infinity' then ${column}::float8 end`
}
