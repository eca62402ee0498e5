import { sql, type Sql } from '../db/sql.ts'

/**
 * The end of what began then and took so many ms; of what has no duration, or less than none, it is the start. One that lies beyond the
 * last instant of Postgres (to 2 ms) is infinity: added up it would be an error, and one such row would fail every page that looks at it.
 */
export function endOf(start: Sql, ms: Sql): Sql {
  return sql`case when not isfinite(${start}) or not coalesce(${ms}, 0) > 0 then ${start}
                        when extract(epoch from ${start})::float8 * 1000 + ${ms} >= 9224318016000000 or ${ms} > 9.22e15 then 'infinity'
                        else ${start} + ${ms} * interval '1 ms' end`
}

/** A number of whatever type (int2 to int8, numeric, real) as one of JSON: the driver would make strings of some. What a double cannot hold (a numeric may have 100,000 digits), and JSON neither (NaN, infinity), is null. */
export function numberOf(column: Sql): Sql {
  return sql`case when ${column} between -1.79e308 and 1.79e308 then ${column}::float8 end`
}
