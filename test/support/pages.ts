import assert from 'node:assert/strict'
import type { Service } from './service.ts'

export interface Listed<T> {
  data: T[]
  page: { limit: number; from: string | null; to: string | null; nextCursor: string | null; examined?: number }
}

/** The pages of a list, one after the other, each asked for by the cursor of the one before it. No page but the last is short, none has more than its limit. */
export async function* pages<T>({ get }: Pick<Service, 'get'>, path: string): AsyncGenerator<T[]> {
  let cursor = ''
  for (;;) {
    const { status, text, headers, json } = await get<Listed<T>>(`${path}${cursor}`)
    assert.equal(status, 200, text)
    const { data, page: { limit, nextCursor, examined } } = json
    assert.ok(data.length <= limit && (data.length === limit || nextCursor === null || examined !== undefined), `${path}: ${data.length} of ${limit} on a page that is not the last`)
    yield data
    if (nextCursor === null) {
      assert.equal(headers['link'], undefined)
      return
    }
    cursor = `${path.includes('?') ? '&' : '?'}cursor=${nextCursor}`
    assert.match(String(headers['link']), new RegExp(`[?&]cursor=${nextCursor}>; rel="next"$`))
  }
}

/** All rows of a list, page by page. */
export async function rowsOf<T = Record<string, unknown>>(service: Pick<Service, 'get'>, path: string): Promise<T[]> {
  const rows: T[] = []
  for await (const page of pages<T>(service, path)) rows.push(...page)
  return rows
}
