import type { Snapshot } from '../../db/db.ts'
import type { Named } from '../../domain/analysis/dependencies.ts'
import type { Window } from '../../domain/analysis/window.ts'
import { instant, msBetween } from '../../domain/instant.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { effectsFrom } from '../../domain/missing/learnt-window.ts'
import { usualEdges, type UsualEdge, type UsualRule } from '../../domain/missing/usual.ts'
import { learntOf } from '../../domain/rollup/usual.ts'
import type { LedKind } from '../../queries/analysis/led.ts'
import { learntRows } from '../../queries/analysis/usual.ts'
import { startOfNewest } from '../../queries/analysis/within.ts'
import { ledPart } from '../rollups/parts.ts'
import type { RollupSource } from '../rollups/source.ts'

/** What normally follows, and from how much that was learnt. */
export interface Learnt {
  edges: Record<LedKind, UsualEdge[]>
  /** The sources that were seen often enough to say so. */
  sources: Record<LedKind, ReadonlySet<string>>
  /** How long before the window the part of it begins that was looked at; ms. */
  lengthMs: number
  /** It is not all that was to be looked at. */
  sampled: boolean
}

export const ledKinds: readonly LedKind[] = ['job function', 'function job']

/** What was not looked at. */
export const nothingLearnt: Learnt = {
  edges: { 'job function': [], 'function job': [] },
  sources: { 'job function': new Set(), 'function job': new Set() },
  lengthMs: 0,
  sampled: false,
}

/** What normally follows, as hours that were counted tell of a window; null: they do not. */
export async function learnOfHours(rollups: RollupSource, window: Window, rule: UsualRule): Promise<Learnt | null> {
  const edges: Learnt['edges'] = { 'job function': [], 'function job': [] }
  const sources: Learnt['sources'] = { 'job function': new Set(), 'function job': new Set() }
  for (const kind of ledKinds) {
    const figures = await rollups.figures(ledPart(kind), window)
    if (figures === null) return null
    const read = learntOf(figures, rule.support)
    edges[kind] = usualEdges(endsOf(kind), read, rule)
    sources[kind] = new Set(read.map(({ source }) => source))
  }
  return { edges, sources, lengthMs: msBetween(window.from, window.to) ?? 0, sampled: false }
}

/** Of which runs it is learnt: of a window, the newest so many jobs of it (null: all); by kind the names of the sources, null: any. */
export interface Lesson {
  window: Window
  rows: number | null
  names: Record<LedKind, readonly string[] | null>
}

/** Learns what normally follows. */
export async function learn(
  snapshot: Snapshot,
  { window, rows, names }: Lesson,
  rule: UsualRule,
  way: LinkWay,
): Promise<Learnt> {
  const start = rows === null ? null : await startOfNewest(snapshot, 'job_executions', window, rows)
  const stretch = { from: start === null ? window.from : instant(start), to: window.to }
  const edges: Learnt['edges'] = { 'job function': [], 'function job': [] }
  const sources: Learnt['sources'] = { 'job function': new Set(), 'function job': new Set() }
  for (const kind of ledKinds) {
    if (names[kind]?.length === 0) continue
    const from = { window: stretch, names: names[kind], effectsFrom: effectsFrom(stretch) }
    const read = await learntRows(snapshot, kind, from, rule.support, way)
    edges[kind] = usualEdges(endsOf(kind), read, rule)
    sources[kind] = new Set(read.map(({ source }) => source))
  }
  return { edges, sources, lengthMs: msBetween(stretch.from, stretch.to) ?? 0, sampled: start !== null }
}

function endsOf(kind: LedKind): { source: Named['kind']; target: Named['kind'] } {
  const [source, target] = kind.split(' ') as [Named['kind'], Named['kind']]
  return { source, target }
}
