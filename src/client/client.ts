import createFetchClient, { type Client as FetchClient, type ClientOptions } from 'openapi-fetch'
import type { paths } from './api.ts'
import { pagesOf, rowsOf, type AskPage, type ListPath, type ListQuery, type PageOf, type RowOf } from './lists.ts'
import { treeLinesOf, type TreeLine, type TreeLinesQuery } from './tree-lines.ts'

export type { components, operations, paths } from './api.ts'
export type { ListPath, ListQuery, PageOf, RowOf } from './lists.ts'
export { ServiceError, type Problem } from './problem.ts'
export type { TreeLine, TreeLinesQuery } from './tree-lines.ts'

export interface Options extends ClientOptions {
  /** Where the service is, e.g. `https://observability.example`. */
  baseUrl: string
  /** An API key or a token, sent as `Authorization: Bearer …`. */
  key?: string
}

/** What `GET` reads unless it is told `parseAs`. An answer that has other forms too (text, a diagram) would else be typed as JSON or a string. */
type Json = 'application/json' | 'application/problem+json'

export interface Client extends FetchClient<paths, Json> {
  /** The pages of a list, one request each: `for await (const { data, page, asOf } of client.pages('/jobs', { window: '1h' }))`. Throws ServiceError. */
  pages<P extends ListPath>(path: P, query?: ListQuery<P>, signal?: AbortSignal): AsyncGenerator<PageOf<P>, void>
  /** All rows of a list, page by page, `limit` rows a request. Throws ServiceError. */
  rows<P extends ListPath>(path: P, query?: ListQuery<P>, signal?: AbortSignal): AsyncGenerator<RowOf<P>, void>
  /** The lines of a tree as they come: `tree`, a `node` each, `more`, and at the last `end`. Throws ServiceError, also if the lines break off. */
  treeLines(id: string, query?: TreeLinesQuery, signal?: AbortSignal): AsyncGenerator<TreeLine, void>
}

/** A client of the service: what openapi-fetch gives (`GET` with the paths, parameters and answers of the OpenAPI document), and iterators over what comes in parts. */
export function createClient({ key, ...options }: Options): Client {
  const client = createFetchClient<paths, Json>(options)
  if (key !== undefined)
    client.use({ onRequest: ({ request }) => request.headers.set('authorization', `Bearer ${key}`) })
  const pages = <P extends ListPath>(path: P, query: ListQuery<P> = {}, signal?: AbortSignal) =>
    pagesOf(client.GET as AskPage, path, query, signal)
  return {
    ...client,
    pages,
    rows: (path, query, signal) => rowsOf(pages(path, query, signal)),
    treeLines: (id, query = {}, signal) => treeLinesOf(client.GET, id, query, signal),
  }
}
