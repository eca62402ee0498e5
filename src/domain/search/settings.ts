import type { PersonalKeys } from './personal-keys.ts'
import type { RecordPath } from './record-path.ts'

/** How a search finds what payloads hold. */
export interface SearchSettings {
  /** Where they hold the ids of records. */
  recordPaths: readonly RecordPath[]
  /** Where they hold personal keys; undefined: they are not searched for. */
  personal?: PersonalKeys | undefined
  /** The index is read; the start says so if the role of the service may. */
  indexed?: boolean
}
