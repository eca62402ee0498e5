import type pg from 'pg'
import type { DataSet } from './data.ts'

/** What the checks of answers work with. */
export interface Asking {
  client: pg.Client
  data: DataSet
  /** The answer's body, read as JSON; as lines where it is text, and as JSON line by line where it is NDJSON. */
  get: <T>(path: string) => Promise<T>
}

interface List<T> {
  data: T[]
  page: { nextCursor: string | null }
}

export async function ask<T>(port: number, path: string): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${text.slice(0, 300)}`)
  return read(path, text) as T
}

function read(path: string, text: string): unknown {
  if (path.includes('format=text')) return text.split('\n')
  return path.includes('format=ndjson')
    ? text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)
    : JSON.parse(text)
}

/** What identifies the items of a list, page by page up to so many pages. */
export async function pages<T>(
  get: Asking['get'],
  path: string,
  most: number,
  id: (item: T) => string,
): Promise<string[]> {
  const found: string[] = []
  let cursor = ''
  for (let page = 0; page < most; page++) {
    const answer = await get<List<T>>(`${path}${cursor}`)
    found.push(...answer.data.map(id))
    if (answer.page.nextCursor === null) break
    cursor = `&cursor=${answer.page.nextCursor}`
  }
  return found
}

/** The column `id` of a statement's rows. */
export async function ids(client: pg.Client, statement: string, values: unknown[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(statement, values)
  return rows.map(({ id }) => id)
}

/** How many rows were compared. Throws where they are not the same in the same order. */
export function same(path: string, got: string[], wanted: string[]): number {
  const differs = wanted.findIndex((id, place) => got[place] !== id)
  if (got.length === wanted.length && differs < 0) return wanted.length
  throw new Error(
    `GET ${path} gave ${got.length} rows, plain SQL ${wanted.length}; they first differ at ${differs}: ${got[differs]} instead of ${wanted[differs]}`,
  )
}
