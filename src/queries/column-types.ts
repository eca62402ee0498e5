import { join, sql, type Sql } from '../db/sql.ts'

/**
 * A number of whatever type (int2 to int8, numeric, real) as one of JSON: the driver would make strings of some. What a double cannot hold (a numeric
 * may have 100,000 digits), and JSON neither (NaN, infinity), is null, and what is nearer to zero than any double is 0. The first bounds are those of nearly all numbers, and whole
 * ones are quick to compare. A real goes by way of its text, in which it has the digits that people see (0.1): as a double it would be 0.10000000149011612, and in trees, which carry
 * texts, 0.1. For all others that would be 0.6 µs for nothing, with five of them in an invocation. A negated real is real, also if its column has a domain for a type.
 */
export function numberOf(column: Sql): Sql {
  return sql`case when ${column} = 0 then 0
            when ${column} between 1 and 9007199254740992
            then case when pg_typeof(-${column}) = 'real'::regtype then ${column}::text::float8 else ${column}::float8 end
            when ${column} between -5e-324 and 5e-324 then 0
            when ${column} between -1.79e308 and 1.79e308 then ${column}::text::float8 end`
}

/**
 * The end of what began then and took so many ms, a number of whatever type; of what has no duration, or less than none, it is the start, as of what took less than
 * Postgres can add (0.0005 ms). One that lies beyond the last instant of Postgres (to 2 ms) is infinity: added up it would be an error, and one such row would
 * fail every page that looks at it.
 */
export function endOf(start: Sql, ms: Sql): Sql {
  return sql`case when ${ms} >= 1 and ${ms} <= 9220000000000000
                        then case when date_part('epoch', ${start}) * 1000 + ${ms} < 9224318016000000 then ${start} + ${ms} * interval '1 ms' else 'infinity' end
                        when ${ms} between 9220000000000000 and 1.79e308 and isfinite(${start}) then 'infinity'
                        when ${ms} between 0.0005 and 1 and isfinite(${start})
                        then case when ${start} < '294276-12-31 23:59:59+00' then ${start} + ${ms} * interval '1 ms'
                                  when timestamptz '294276-12-31 23:59:59.999999+00' - ${start} >= ${ms} * interval '1 ms' then ${start} + ${ms} * interval '1 ms'
                                  else 'infinity' end
                        else ${start} end`
}

/** The message of an error, cut after 500 characters, for it may hold a little of what is personal. Of several columns, the first that holds one. */
export function messageOf(...columns: Sql[]): Sql {
  const texts = columns.map((column) => sql`${column}::text`)
  return columns.length === 1 ? sql`left(${join(texts)}, 500)` : sql`left(coalesce(${join(texts, ', ')}), 500)`
}
