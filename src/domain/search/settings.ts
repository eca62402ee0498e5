import type { RecordPath } from './record-path.ts'

/** Where records are looked for. index: in public.observability_search; payloads: in those of the newest invocations. */
export type SearchWay = 'index' | 'payloads'

/** How a search finds what payloads hold. The start decides the way. */
export interface SearchSettings {
  way: SearchWay
  recordPaths: readonly RecordPath[]
}
