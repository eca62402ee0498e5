import type { paths } from './api.ts'
import { errorOf } from './problem.ts'

type QueryOf<P extends keyof paths> = NonNullable<paths[P]['get']['parameters']['query']>

/** The paths of the lists: of what takes a cursor. */
export type ListPath = {
  [P in keyof paths]: [QueryOf<P>] extends [never] ? never : 'cursor' extends keyof QueryOf<P> ? P : never
}[keyof paths]

export type ListQuery<P extends ListPath> = QueryOf<P>

/** One page, as it is answered: `{ data, page, asOf }`. */
export type PageOf<P extends ListPath> = paths[P]['get']['responses'][200]['content']['application/json']

export type RowOf<P extends ListPath> = PageOf<P>['data'][number]

/** Asks for one page. */
export type AskPage = (
  path: string,
  options: { params: { query: object }; signal?: AbortSignal },
) => Promise<{ data?: unknown; error?: unknown; response: Response }>

/** The pages of a list from the cursor of the query on, or from its start, one request each. Throws ServiceError. */
export async function* pagesOf<P extends ListPath>(
  ask: AskPage,
  path: P,
  query: ListQuery<P>,
  signal: AbortSignal | undefined,
): AsyncGenerator<PageOf<P>, void> {
  for (let cursor: string | null | undefined = query.cursor, first = true; first || cursor; first = false) {
    const given = { ...query, ...(cursor ? { cursor } : {}) }
    const { data, error, response } = await ask(path, { params: { query: given }, ...(signal ? { signal } : {}) })
    if (error !== undefined || !response.ok) throw errorOf(error, response)
    const page = data as PageOf<P>
    cursor = page.page.nextCursor
    yield page
  }
}

/** The rows of these pages, one by one. */
export async function* rowsOf<P extends ListPath>(pages: AsyncIterable<PageOf<P>>): AsyncGenerator<RowOf<P>, void> {
  for await (const { data } of pages) yield* data as Array<RowOf<P>>
}
