import type { Writer } from '../db.ts'
import type { Migration } from './files.ts'

/** What of a migration's effect the database lacks, in words such as "column invocations.source_job_id". Both empty: all is there. */
export interface Missing {
  needed: string[]
  wanted: string[]
}

/** Asks the probes of a migration. They read catalogues alone, so any role may. */
export async function missingOf(writer: Writer, { up }: Migration): Promise<Missing> {
  const missing: Missing = { needed: [], wanted: [] }
  for (const { kind, select } of up.probes) {
    if (kind !== 'needed' && kind !== 'wanted') continue
    const rows = await writer.script<{ what: string }>(`select what from (\n${select}) as probe (what)`)
    missing[kind].push(...rows.map(({ what }) => what).sort())
  }
  return missing
}

/** The same, but for what a later migration takes away again. */
export async function missingAtLast(writer: Writer, migration: Migration): Promise<Missing> {
  const { needed, wanted } = await missingOf(writer, migration)
  const stays = (what: string): boolean => !migration.removedLater.includes(what)
  return { needed: needed.filter(stays), wanted: wanted.filter(stays) }
}

/** Is the whole effect there? */
export function present({ needed, wanted }: Missing): boolean {
  return needed.length + wanted.length === 0
}
