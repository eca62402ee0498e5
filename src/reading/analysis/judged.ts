import type { Snapshot } from '../../db/db.ts'
import type { Window } from '../../domain/analysis/window.ts'
import { addMs, instant, instantOf, isBefore } from '../../domain/instant.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { effectsFrom } from '../../domain/missing/learnt-window.ts'
import type { JudgedRow } from '../../domain/missing/missing.ts'
import type { UsualEdge } from '../../domain/missing/usual.ts'
import { HOUR } from '../../domain/rollup/cover.ts'
import { addJudged, judgedOf } from '../../domain/rollup/usual.ts'
import type { LedKind } from '../../queries/analysis/led.ts'
import { judgedRows } from '../../queries/analysis/missing.ts'
import { ledPart } from '../rollups/parts.ts'
import type { LookedFigures } from './figures-within.ts'

/** What became of the runs of a window whose sources have these usual edges: of hours that were counted as far as they tell, otherwise of rows. */
export async function judge(
  { snapshot, stretch, rollups }: LookedFigures,
  kind: LedKind,
  edges: readonly UsualEdge[],
  way: LinkWay,
): Promise<JudgedRow[]> {
  if (edges.length === 0) return []
  const names = [...new Set(edges.map(({ source }) => source.name))]
  const fromRows = (window: Window) =>
    judgedRows(snapshot, kind, { window, names, effectsFrom: effectsFrom(window) }, edges, way)
  const until = decidedBefore(snapshot, edges)
  if (rollups === null || !isBefore(stretch.from, until)) return fromRows(stretch)
  const decided = { from: stretch.from, to: isBefore(until, stretch.to) ? until : stretch.to }
  const figures = await rollups.figures(ledPart(kind), decided)
  const judged = figures && judgedOf(figures, edges, instant(snapshot.asOf))
  if (judged === null) return fromRows(stretch)
  return decided.to === stretch.to
    ? judged
    : addJudged([...judged, ...(await fromRows({ from: decided.to, to: stretch.to }))])
}

/** The full hour before which nearly all runs have ended for longer than the patience of any edge. */
function decidedBefore({ asOf }: Pick<Snapshot, 'asOf'>, edges: readonly UsualEdge[]): string {
  const patience = Math.max(...edges.map(({ patienceMs }) => patienceMs))
  return instantOf(Math.floor(Date.parse(addMs(instant(asOf), -patience)) / HOUR) * HOUR)
}
