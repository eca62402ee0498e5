import type { Config } from '../config/groups.ts'
import type { Writer } from '../db/db.ts'

/** What one of the commands on links was asked for, and what it works with. */
export interface LinksCommand {
  writer: Writer
  links: Config['links']
  signal: AbortSignal
  /** As it was given: `30d`; undefined: all time. */
  window: string | undefined
  /** Its length, ms. */
  windowMs: number | undefined
  /** Invocations a second at most; undefined: as fast as it goes. */
  rate: number | undefined
  dryRun: boolean
  json: boolean
  /** A line for people while it works: beside the document if that is what was asked for. */
  say: (line: string) => void
  /** Throws the sentence of what stands in the way of writing: to be asked before anything is written. */
  refuseToWrite: () => Promise<void>
}
