import type { StatsKind } from '../../domain/analysis/stats.ts'
import { addEdges, type EdgeFigures } from '../../domain/rollup/edges.ts'
import { BUCKET_OFFSET, LN_GAMMA } from '../../domain/rollup/histogram.ts'
import { addNames, type NameFigures } from '../../domain/rollup/names.ts'
import { addRuns, type RunsFigures } from '../../domain/rollup/runs.ts'
import type { EdgeKind } from '../../queries/analysis/edges.ts'
import { nameKinds, nameRows, type NameKind } from '../../queries/analysis/names.ts'
import { MOST_GROUPS } from '../../queries/analysis/within.ts'
import { edgeFigures } from '../../queries/rollups/edges.ts'
import { runsFigures } from '../../queries/rollups/runs.ts'
import { failingPart, failuresPart } from './failure-parts.ts'
import type { Part } from './part.ts'

const buckets = { lnGamma: LN_GAMMA, offset: BUCKET_OFFSET }

/** The queries give one group more than MOST_GROUPS if there are more. */
function whole<F>(figures: F[]): F[] | null {
  return figures.length > MOST_GROUPS ? null : figures
}

export function runsPart(kind: StatsKind): Part<RunsFigures> {
  return {
    name: `runs of ${kind}`,
    count: async (db, window) => whole(await runsFigures(db, kind, window, buckets)),
    add: addRuns,
  }
}

export function edgesPart(kind: EdgeKind): Part<EdgeFigures> {
  return {
    name: `edges ${kind}`,
    count: async (db, window, way) => whole(await edgeFigures(db, kind, window, way, buckets)),
    add: addEdges,
  }
}

export function namesPart(kind: NameKind): Part<NameFigures> {
  return {
    name: `names of ${kind}`,
    count: async (db, window) => whole(await nameRows(db, kind, window)),
    add: addNames,
  }
}

/** All that is kept of each hour. */
export const parts: ReadonlyArray<Part<object>> = [
  ...(['job', 'function', 'event'] as const).map(runsPart),
  ...(['job function', 'function job', 'job job', 'function function'] as const).map(edgesPart),
  ...nameKinds.map(namesPart),
  failuresPart,
  failingPart,
]

/** Count it up when what is counted changes, or how: hours that another version counted are counted again, and not used before. */
export const VERSION = 1
