import { identifier, join, sql, type Sql } from '../db/sql.ts'

/** Columns as data: the name that each has in a row, and the expression that yields it. Select lists, carried columns and aggregates are made of them. */
export type Columns = Readonly<Record<string, Sql>>

/** `expression as "name"`, of a select list. */
export function selected(columns: Columns): Sql {
  return list(Object.entries(columns).map(([name, expression]) => sql`${expression} as ${identifier(name)}`))
}

/** The same columns under their names, as the derived table `of` hands them on. */
export function carried(of: Sql, columns: Columns): Sql {
  return list(Object.keys(columns).map((name) => sql`${of}.${identifier(name)}`))
}

/** Each of the same columns as an array, under its name. */
export function arrays(of: Sql, columns: Columns): Sql {
  return list(Object.keys(columns).map((name) => sql`array_agg(${of}.${identifier(name)}) as ${identifier(name)}`))
}

/** Their names alone, as an alias of a table lists them. */
export function names(columns: Columns): Sql {
  return list(Object.keys(columns).map(identifier))
}

/** Some of the columns. */
export function picked<C extends Columns, N extends keyof C & string>(columns: C, ...some: N[]): Pick<C, N> {
  return Object.fromEntries(some.map((name) => [name, columns[name]])) as Pick<C, N>
}

/** The same columns, of which only those that are wanted and these are read: the others are null. No wanted ones: all are read. */
export function columnsRead<C extends Columns>(
  columns: C,
  wanted: ReadonlySet<string> | undefined,
  ...always: Array<keyof C>
): C {
  if (!wanted) return columns
  const read = new Set<unknown>([...always, ...wanted])
  return Object.fromEntries(
    Object.entries(columns).map(([name, expression]) => [name, read.has(name) ? expression : notRead]),
  ) as C
}

const notRead = sql`null::text`

/** With commas between. */
export function list(items: Sql[]): Sql {
  return join(items, ',\n       ')
}
