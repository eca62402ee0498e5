import assert from 'node:assert/strict'
import type { Answer, Service } from './service.ts'

export interface Listed<T> {
  data: T[]
  page: { limit: number; from: string | null; to: string | null; nextCursor: string | null; examined?: number }
}

/** The pages of a list, each found by the Link header of the one before it. No page but the last is short, unless a search says how far it looked. */
export async function* pages<T>({ get }: Pick<Service, 'get'>, path: string): AsyncGenerator<T[]> {
  let next: string | undefined = path
  while (next !== undefined) {
    const { status, text, headers, json }: Answer<Listed<T>> = await get<Listed<T>>(next)
    assert.equal(status, 200, text)
    const {
      data,
      page: { limit, nextCursor, examined },
    }: Listed<T> = json
    assert.ok(
      data.length <= limit && (data.length === limit || nextCursor === null || examined !== undefined),
      `${next}: ${data.length} of ${limit} on a page that is not the last`,
    )
    next = /^<(.*)>; rel="next"$/.exec(String(headers['link']))?.[1]
    assert.equal(next === undefined ? null : new URL(next, 'http://here').searchParams.get('cursor'), nextCursor)
    yield data
  }
}

/** All rows of a list, page by page. */
export async function rowsOf<T = Record<string, unknown>>(service: Pick<Service, 'get'>, path: string): Promise<T[]> {
  const rows: T[] = []
  for await (const page of pages<T>(service, path)) rows.push(...page)
  return rows
}
