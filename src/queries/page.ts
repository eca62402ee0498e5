import { sql, where, type Maybe, type Sql } from '../db/sql.ts'
import { timestamptz } from '../db/timestamp.ts'
import type { PageRequest } from '../domain/paging/page.ts'

/** The columns of a list's order, and what was asked of it. */
export interface PageOf {
  at: Sql
  id: Sql
  page: PageRequest
  /** What every row of the list fulfils. */
  always?: Sql
  filters: Maybe[]
  /** A filter that selects few rows among many: see fencedOrder. */
  fenced?: boolean
  /** One beyond the page tells whether there is a next one. */
  rows?: number
}

/**
 * `where`, `order by` and `limit` of one page of a list. Without filters there is one good plan for all bounds, so they stand in selects of
 * their own, where the planner does not see them and plans once a connection: a page of links takes the backend 1.1 ms at a million rows,
 * and 2.5 planned each time. A filter may select many rows or few: its values are planned with.
 */
export function pageOf({ at, id, page, always, filters, fenced = false, rows = page.limit + 1 }: PageOf): Sql {
  const filtered = filters.some((filter) => filter instanceof Object)
  const bound = (value: Sql): Sql => (filtered ? value : sql`(select ${value})`)
  return sql`
         ${where(always, ...filters, ...inPage(at, id, page, bound))}
         ${fenced ? fencedOrder(at, id, page.order) : pageOrder(at, id, page.order)}
         ${filtered ? sql`limit ${rows}` : rowLimit(rows)}`
}

/**
 * The conditions of one page on a list's (createdAt, id). Only the bound that still matters next to the position is sent:
 * with both, the index scan may start at the window's edge and pass over every earlier page again. Up to infinity means with it.
 */
function inPage(at: Sql, id: Sql, { from, to, order, after }: PageRequest, bound: (value: Sql) => Sql): Maybe[] {
  const key = after && sql`(${bound(timestamptz(after.at))}, ${bound(sql`${after.id}::uuid`)})`
  return [
    from !== null && !(order === 'asc' && key) && sql`${at} >= ${bound(timestamptz(from))}`,
    to !== null && to !== 'infinity' && !(order === 'desc' && key) && sql`${at} < ${bound(timestamptz(to))}`,
    key !== null && (order === 'asc' ? sql`(${at}, ${id}) > ${key}` : sql`(${at}, ${id}) < ${key}`),
  ]
}

/** `order by createdAt, id` in the order asked for. */
export function pageOrder(at: Sql, id: Sql, order: PageRequest['order']): Sql {
  return order === 'asc' ? sql`order by ${at}, ${id}` : sql`order by ${at} desc, ${id} desc`
}

/**
 * The same order, out of reach of an index on createdAt: for a filter that selects few rows among many, which the planner would
 * rather meet by walking all of time in order (107 ms for one correlation id among a million rows, 31 ms so; 1,318 and 42 ms for the jobs of one invocation).
 */
export function fencedOrder(at: Sql, id: Sql, order: PageRequest['order']): Sql {
  return pageOrder(sql`(${at} + interval '0')`, id, order)
}

/** Usual limits stand in the text: of an unknown one the planner expects a tenth of the table, and then no plan for all values looks good to it. */
export function rowLimit(rows: number): Sql {
  return usual.get(rows) ?? sql`limit ${rows}`
}

const usual = new Map([
  [11, sql`limit 11`],
  [21, sql`limit 21`],
  [51, sql`limit 51`],
  [101, sql`limit 101`],
  [200, sql`limit 200`],
  [501, sql`limit 501`],
])

/** A column that a filter looks at, and the type in which both are compared, so that an enum or citext compares as text does. One that is of this type, or varchar, keeps its index. */
interface Filtered {
  column: Sql
  type: Sql
}

export const asText = (column: Sql): Filtered => ({ column, type: sql`text` })
export const asUuid = (column: Sql): Filtered => ({ column, type: sql`uuid` })

/** The conditions of the filters that were given, in the order of `columns`; several values of one mean OR. */
export function matching<N extends string>(
  filters: Partial<Record<NoInfer<N>, readonly string[]>>,
  columns: Record<N, Filtered>,
): Maybe[] {
  return (Object.keys(columns) as N[]).map((name) => oneOf(columns[name], filters[name]))
}

/** `column = $1`, or `column = any($1)` where a filter was repeated: one value keeps an index's order. */
function oneOf({ column, type }: Filtered, values: readonly string[] | undefined): Maybe {
  return values && sql`${column}::${type} ${equals(type, values)}`
}

/** What stands behind a column that is one of these values. */
export function equals(type: Sql, values: readonly string[]): Sql {
  return values.length === 1 ? sql`= ${values[0]}::${type}` : sql`= any(${[...values]}::${type}[])`
}
