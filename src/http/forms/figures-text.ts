import type { Percentiles } from '../../domain/analysis/runs.ts'
import { nameText } from '../../domain/name-text.ts'
import type { FiguresPage } from '../../reading/analysis/figures-page.ts'
import type { Hint } from '../../reading/analysis/names.ts'

/** What an answer of figures says beside them. */
export interface Told {
  note?: string
  hint?: Hint
}

/** The note stands first, if there is one. */
export function noteText({ note }: Told): string {
  return note === undefined ? '' : `${note}\n\n`
}

/** The last lines: how many groups there are, and what they were made from. `what`: of one and of several groups. */
export function footText(
  { data, page, hint }: FiguresPage<unknown> & Told,
  [one, several]: readonly [string, string],
): string {
  const { groups, from, to, sampled, examinedFrom, rollups, nextCursor } = page
  const shown = data.length === groups ? '' : `${data.length} of `
  const lines = [
    `${shown}${groups} ${groups === 1 ? one : several}, from ${from} to ${to}`,
    sampled ? `only what began since ${examinedFrom} was looked at: all of it would have taken too long` : '',
    rollups === null ? '' : `made of hours that were counted before, the first of them at ${rollups.countedAt}`,
    nextCursor === null ? '' : `the next page: cursor=${nextCursor}`,
    hint === undefined ? '' : hintText(hint),
  ]
  return `${lines.filter((line) => line !== '').join('\n')}\n`
}

function hintText({ parameter, given, known }: Hint): string {
  const nearest = known.length === 0 ? 'there are no names at all' : `the nearest are ${known.map(nameText).join(', ')}`
  return `no row of the window has ${parameter} ${nameText(given)}: ${nearest}`
}

/** A line: what is empty is left out, and two spaces stand between the rest. */
export function columns(...parts: string[]): string {
  return `${parts.filter((part) => part !== '').join('  ')}\n`
}

/** `p50 20 ms  p95 180 ms  p99 410 ms`; empty of nothing. */
export function percentilesText(durations: Percentiles | null): string {
  return durations === null ? '' : `p50 ${durations.p50} ms  p95 ${durations.p95} ms  p99 ${durations.p99} ms`
}

/** `4.2 %`. */
export function percentText(share: number | null): string {
  return `${((share ?? 0) * 100).toFixed(1)} %`
}
