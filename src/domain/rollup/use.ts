import type { OwnTables } from './own-tables.ts'

/** What the role of the service may do with some tables of the service's own. */
export interface OwnTableRights {
  /** They are there, as tables with the columns that this build reads. */
  there: boolean
  /** This server is one: nothing can be written. */
  standby: boolean
  select: boolean
  /** It may write all of them. */
  keep: boolean
  /** It may take the lease of the worker. */
  lease: boolean
  /** Quoted where it must be. */
  role: string
}

/** What becomes of ROLLUPS. */
export interface RollupUse {
  /** Answers are made of them as far as they are kept. */
  read: boolean
  /** The worker keeps them. */
  keep: boolean
  /** Both, and why, in a sentence for the log. */
  told: string
}

/** What becomes of ROLLUPS with these rights. */
export function rollupUse(asked: 'on' | 'off', tables: OwnTables, rights: OwnTableRights): RollupUse {
  const { name, kept, used, unused } = tables.told
  if (asked === 'off') return { read: false, keep: false, told: `${name}: ROLLUPS=off: ${unused}` }
  const why = whyNothingIsKept(tables, rights)
  const read = rights.there && rights.select
  if (why === undefined) return { read, keep: true, told: `${name}: ${kept}` }
  return { read, keep: false, told: `${name}: ${read ? used : unused}, and none are kept here: ${why}` }
}

/** Why nothing can be kept, with these rights; undefined: it can. */
export function whyNothingIsKept(
  { names, migration }: OwnTables,
  { there, standby, keep, lease, role }: OwnTableRights,
): string | undefined {
  const tables = names.map((name) => `public.${name}`).join(', ')
  if (!there)
    return `${tables} are not there as migration ${migration} makes them, or their owner could not change public.invocations`
  if (standby) return 'this server is a standby, on which nothing can be written'
  if (!keep || !lease)
    return `${role} may not write them: grant select, insert, update, delete on ${tables}, public.observability_leases to ${role}`
  return undefined
}
