/** What the role of the service may do with the tables of rollups. */
export interface RollupRights {
  /** They are there, as tables with the columns that this build reads. */
  there: boolean
  /** This server is one: nothing can be written. */
  standby: boolean
  select: boolean
  /** It may write both. */
  keep: boolean
  /** It may take the lease of the worker. */
  lease: boolean
  /** Quoted where it must be. */
  role: string
}

/** What becomes of ROLLUPS. */
export interface RollupUse {
  /** Answers are made of them as far as they are counted. */
  read: boolean
  /** The worker counts. */
  keep: boolean
  /** Both, and why, in a sentence for the log. */
  told: string
}

const TABLES = 'public.observability_hours, public.observability_rollups'

/** What becomes of ROLLUPS with these rights. */
export function rollupUse(asked: 'on' | 'off', rights: RollupRights): RollupUse {
  if (asked === 'off')
    return { read: false, keep: false, told: 'rollups: ROLLUPS=off: figures are counted for each request' }
  const why = whyNothingIsCounted(rights)
  const read = rights.there && rights.select
  if (why === undefined)
    return {
      read,
      keep: true,
      told: 'rollups: each hour that has ended is counted once, and figures are made of hours',
    }
  const reading = read ? 'hours that another process counted are used' : 'figures are counted for each request'
  return { read, keep: false, told: `rollups: ${reading}, and none are counted here: ${why}` }
}

/** Why hours cannot be counted, with these rights; undefined: they can. */
export function whyNothingIsCounted({ there, standby, keep, lease, role }: RollupRights): string | undefined {
  if (!there)
    return `${TABLES} are not there as migration 010 makes them, or their owner could not change public.invocations`
  if (standby) return 'this server is a standby, on which nothing can be written'
  if (!keep || !lease)
    return `${role} may not write them: grant select, insert, update, delete on ${TABLES}, public.observability_leases to ${role}`
  return undefined
}
