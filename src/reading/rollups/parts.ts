import type { StatsKind } from '../../domain/analysis/stats.ts'
import { addEdges, type EdgeFigures } from '../../domain/rollup/edges.ts'
import { BUCKET_OFFSET, LN_GAMMA } from '../../domain/rollup/histogram.ts'
import { addLed, ledFigures, SAMPLES, type LedFigures } from '../../domain/rollup/led.ts'
import { addLinks, type LinkFigures } from '../../domain/rollup/links.ts'
import { addNames, type NameFigures } from '../../domain/rollup/names.ts'
import { addRuns, type RunsFigures } from '../../domain/rollup/runs.ts'
import type { EdgeKind } from '../../queries/analysis/edges.ts'
import type { LedKind } from '../../queries/analysis/led.ts'
import { nameKinds, nameRows, type NameKind } from '../../queries/analysis/names.ts'
import { linkedCount } from '../../queries/analysis/totals.ts'
import { MOST_GROUPS } from '../../queries/analysis/within.ts'
import { edgeFigures } from '../../queries/rollups/edges.ts'
import { ledRows } from '../../queries/rollups/led.ts'
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

/** What the runs of an hour led to, whenever that began. */
export function ledPart(kind: LedKind): Part<LedFigures> {
  return {
    name: `led ${kind}`,
    async count(db, window, way) {
      const rows = whole(await ledRows(db, kind, window, way, { buckets, samples: SAMPLES }))
      return rows && ledFigures(rows)
    },
    add: addLed,
  }
}

/** How many invocations a job is known to have triggered. */
export const linksPart: Part<LinkFigures> = {
  name: 'links',
  count: async (db, window, way) => [{ count: await linkedCount(db, window, way) }],
  add: addLinks,
}

/** All that is kept of each hour. */
export const parts: ReadonlyArray<Part<object>> = [
  ...(['job', 'function', 'event'] as const).map(runsPart),
  ...(['job function', 'function job', 'job job', 'function function'] as const).map(edgesPart),
  ...(['job function', 'function job'] as const).map(ledPart),
  ...nameKinds.map(namesPart),
  linksPart,
  failuresPart,
  failingPart,
]

/** Count it up when what is counted changes, or how: hours that another version counted are counted again, and not used before. */
export const VERSION = 2
