import { placesOf, type Token } from './payload.ts'
import type { LinkLeft } from './truth.ts'
import type { Cause, World } from './world.ts'

/** What the payload will say of the cause; null: nothing. */
export function tokenOf(
  { random, transport }: World,
  { jobId, staleAfter, specified }: Cause,
  table: string,
  operation: 'INSERT' | 'UPDATE' | 'DELETE',
): Token | null {
  if (jobId === null || specified.token !== undefined) return null
  // EventKit's token goes with a request, so it is not in the record that somebody else writes later.
  if (staleAfter !== null && transport.startsWith('eventkit')) return null
  const places = placesOf(random, transport, table, operation)
  return places.length === 0 ? null : { jobId, places }
}

export interface Link {
  link: LinkLeft
  /** source_job_id is filled: with the truth, or with a stale token that the writer believes. */
  recorded: boolean
  /** It was, until the job was deleted; that set it to NULL, and updated_at to then. */
  cut: boolean
}

/** What becomes of the link between a job and what it triggered. */
export function linkOf(
  { random, transport, options }: World,
  { jobId, staleAfter, gone }: Cause,
  token: Token | null,
): Link {
  if (jobId === null) return { link: 'root', recorded: false, cut: false }
  if (token === null) return { link: staleAfter === null ? 'untraced' : 'root', recorded: false, cut: false }
  // The old writer's upserts through Hasura reset some to NULL.
  const writes = transport === 'eventkit' || (transport === 'graphql' && !random.chance(0.15))
  const recorded = writes && (gone === null || options.withoutForeignKey)
  if (staleAfter !== null) return { link: 'root', recorded, cut: false }
  if (gone !== null) return { link: leftBy[gone], recorded, cut: gone === 'deleted' && writes && !recorded }
  return { link: recorded ? 'recorded' : 'named', recorded, cut: false }
}

const leftBy = { 'never arrived': 'severed', 'not yet': 'pending', deleted: 'deleted' } as const
