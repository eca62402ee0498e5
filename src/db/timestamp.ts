import { sql, type Sql } from './sql.ts'

/** An instant of ISO 8601 for Postgres, which takes neither a year 0 nor a sign: `+058875-…` is 58875-…, and `-000043-…` is 0044-… BC. */
export function timestamptz(iso: string): Sql {
  return sql`${postgresText(iso)}::timestamptz`
}

/** The same as text. */
export function postgresText(iso: string): string {
  const [, digits, rest] = /^([+-]\d{6}|0000)(-.*)$/.exec(iso) ?? []
  if (digits === undefined) return iso
  const year = Number(digits)
  return year > 0 ? `${year}${rest}` : `${String(1 - year).padStart(4, '0')}${rest} BC`
}
