/** What the role of the service may do with the tables of the search. */
export interface SearchRights {
  /** They are there, as tables with the columns that this build reads. */
  there: boolean
  /** This server is one: nothing can be written. */
  standby: boolean
  select: boolean
  /** It may write both. */
  keep: boolean
  /** It may take the lease of the worker. */
  lease: boolean
  /** It may read payloads. */
  payloads: boolean
  /** Quoted where it must be. */
  role: string
}

/** What becomes of SEARCH_INDEX. */
export interface SearchUse {
  /** Records are looked up in the index as far as it reaches. */
  read: boolean
  /** The worker fills it. */
  keep: boolean
  /** Both, and why, in a sentence for the log. */
  told: string
}

const TABLES = 'public.observability_search, public.observability_search_reach'
const WITHOUT = 'a search for a record reads the payloads of the newest 5,000 invocations'

/** What becomes of SEARCH_INDEX with these rights. */
export function searchUse(asked: 'on' | 'off', rights: SearchRights): SearchUse {
  if (asked === 'off') return { read: false, keep: false, told: `search: SEARCH_INDEX=off: ${WITHOUT}` }
  const why = whyNothingIsIndexed(rights)
  const read = rights.there && rights.select
  if (why === undefined)
    return { read, keep: true, told: 'search: the records that payloads name are kept in an index' }
  const reading = read ? 'the index that another process fills is used' : WITHOUT
  return { read, keep: false, told: `search: ${reading}, and nothing is indexed here: ${why}` }
}

/** Why nothing can be indexed, with these rights; undefined: it can. */
export function whyNothingIsIndexed({ there, standby, keep, lease, payloads, role }: SearchRights): string | undefined {
  if (!there)
    return `${TABLES} are not there as migration 012 makes them, or their owner could not change public.invocations`
  if (standby) return 'this server is a standby, on which nothing can be written'
  if (!payloads)
    return `${role} may not read payloads: grant select (source_event_payload) on public.invocations to ${role}`
  if (!keep || !lease)
    return `${role} may not write them: grant select, insert, update, delete on ${TABLES}, public.observability_leases to ${role}`
  return undefined
}
