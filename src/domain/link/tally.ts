import type { LinkState } from './decide.ts'

/** recorded: the writer filled the column. none: no job is named that can be the parent. unknown: the payload could not be read. */
export const talliedStates = [
  'recorded',
  'mended',
  'recovered',
  'ambiguous',
  'pending',
  'severed',
  'undone',
  'unknown',
  'none',
] as const satisfies ReadonlyArray<LinkState | 'recorded' | 'none' | 'unknown'>
export type TalliedState = (typeof talliedStates)[number]

/** What a search has seen. */
export interface Tally {
  /** Invocations that were looked at. */
  examined: number
  /** Rows of observability_links that were written. */
  written: number
  counts: Record<TalliedState, number>
  /** The first ids of each state that is worth a look. */
  samples: Partial<Record<TalliedState, string[]>>
}

const SAMPLES = 3
/** Most rows are in one of these, and there is nothing to look at. */
const ordinary: ReadonlySet<TalliedState> = new Set(['recorded', 'none'])

export function emptyTally(): Tally {
  const counts = Object.fromEntries(talliedStates.map((state) => [state, 0])) as Record<TalliedState, number>
  return { examined: 0, written: 0, counts, samples: {} }
}

/** Counts `ids` in a state, in place. */
export function tallyIds(tally: Tally, state: TalliedState, ids: readonly string[]): void {
  tally.counts[state] += ids.length
  if (ordinary.has(state) || ids.length === 0) return
  const samples = (tally.samples[state] ??= [])
  samples.push(...ids.slice(0, SAMPLES - samples.length))
}

/** Adds what a part of the search saw, in place. */
export function addTally(to: Tally, part: Tally): void {
  to.examined += part.examined
  to.written += part.written
  for (const state of talliedStates) {
    to.counts[state] += part.counts[state]
    const more = part.samples[state]
    if (more === undefined) continue
    const samples = (to.samples[state] ??= [])
    samples.push(...more.slice(0, SAMPLES - samples.length))
  }
}
