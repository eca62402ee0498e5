import { sql, type Sql } from '../../db/sql.ts'

/** How values are put into the buckets of a histogram: see src/domain/rollup/histogram.ts. */
export interface Buckets {
  lnGamma: number
  offset: number
}

/** The bucket of a float8; null of null. */
export function bucketOf(value: Sql, { lnGamma, offset }: Buckets): Sql {
  return sql`case when ${value} = 0 then 0
            else (sign(${value}) * (${offset}::float8 + ceil(ln(abs(${value})) / ${lnGamma}::float8)))::int end`
}

/** Of rows grouped by bucket a JSON list of a bucket and its count, in the order of the buckets. */
export function histogram(bucket: Sql, count: Sql): Sql {
  return sql`coalesce('[' || string_agg(${bucket} || ',' || ${count}, ',' order by ${bucket}) filter (where ${bucket} is not null) || ']', '[]')::json`
}
