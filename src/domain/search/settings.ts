import type { RecordPath } from './record-path.ts'

/** How a search finds what payloads hold: in those of the newest invocations, at these places. */
export interface SearchSettings {
  recordPaths: readonly RecordPath[]
}
