import type { Reader } from '../../db/db.ts'
import type { Redaction } from '../../domain/privacy/redaction.ts'
import type { TreeReading } from '../../reading/tree/whole.ts'

/** What traces are answered from. */
export interface JaegerOptions extends TreeReading {
  db: Reader
  /** What is masked of stacks. */
  redactions: readonly Redaction[]
}
