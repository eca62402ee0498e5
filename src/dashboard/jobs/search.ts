import { oneOf } from '../ask/search-params.ts'

export const statsKinds = ['jobs', 'functions', 'events'] as const
export type StatsKind = (typeof statsKinds)[number]

export const statsSorts = ['-runs', '-failureRate', '-p50', '-p95', '-totalMs', '-stuckNow', 'name'] as const
export type StatsSort = (typeof statsSorts)[number]

/** What the URL says of the statistics by name. */
export interface JobsSearch {
  /** Of what there are statistics; jobs by default. */
  of?: StatsKind | undefined
  sort?: StatsSort | undefined
  /** The one whose runs are shown. */
  name?: string | undefined
  /** Only its stale runs, of all time. */
  stale?: true | undefined
}

export function parseJobsSearch(search: Record<string, unknown>): JobsSearch {
  const text = (name: string): string | undefined => (typeof search[name] === 'string' ? search[name] : undefined)
  return {
    of: oneOf(search['of'], statsKinds),
    sort: oneOf(search['sort'], statsSorts),
    name: text('name'),
    stale: search['stale'] === 'true' || search['stale'] === true ? true : undefined,
  }
}
