import type { Config } from '../config/groups.ts'
import type { Writer } from '../db/db.ts'
import type { RecoveryRights } from '../domain/link/recovery.ts'
import { mayReadPayloads } from '../queries/link.ts'
import type { Window } from '../queries/recovery/kept.ts'
import { momentAgo } from '../queries/recovery/scans.ts'
import type { Changed } from '../workers/links/change-batch.ts'
import { linksWere } from './links-text.ts'

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

/** How long rows that others hold are tried again without success, ms. */
export const PATIENCE = 30_000

/** The window that was asked for, up to now: without an end, for clocks of writers may be ahead. */
export async function windowOf({ writer, windowMs }: LinksCommand): Promise<Window> {
  return { from: windowMs === undefined ? null : await momentAgo(writer, windowMs), to: null }
}

/** Throws if the role may not read the payloads, in which links are looked for. */
export async function refuseUnreadPayloads(writer: Writer, { role }: RecoveryRights): Promise<void> {
  if (await mayReadPayloads(writer)) return
  throw new Error(
    `links are looked for in payloads, and ${role} may not read them: grant select on public.invocations to ${role}`,
  )
}

/** How a dry run looks: beside what is kept, if this role may read that. */
export function dryMode({ there, select }: RecoveryRights): 'look' | 'look alone' {
  return there && select ? 'look' : 'look alone'
}

/** Throws the sentence that says so if some rows could not be written. */
export function sayWhatIsLeft(changed: Changed | undefined): void {
  const { skipped = 0, refused = 0, refusal = '' } = changed ?? {}
  const held = `${linksWere(skipped)} left as before, for others held their rows or jobs for ${PATIENCE / 1000} s: run it again`
  const barred = `${linksWere(refused)} left as before, for the database refuses their rows: ${refusal}`
  const left = [skipped > 0 ? held : '', refused > 0 ? barred : ''].filter((sentence) => sentence !== '')
  if (left.length > 0) throw new Error(left.join('; '))
}
