import type { Queryable } from '../../db/db.ts'
import { clockAt, type RowRules } from '../../domain/liveness.ts'
import { MOST_WHOLE } from '../../domain/tree/most-whole.ts'
import { treeSummary } from '../../domain/tree/tree-summary.ts'
import { summedLargeTree, summedTree, type SummedTree } from '../../domain/summaries/summed-tree.ts'
import { forestRows } from '../../queries/tree/forest.ts'
import { rootRowsWithIds } from '../../queries/tree/roots.ts'
import { readTreesBelow } from '../forest/trees-below.ts'

/** Count it up when what is kept of a tree changes, or how it is made: trees that another version summed up are summed up again, and not used before. */
export const VERSION = 1

/** What tells how trees were summed up. */
export function summedBy({ linkWay }: Pick<RowRules, 'linkWay'>): { version: number; overlay: boolean } {
  return { version: VERSION, overlay: linkWay === 'overlay' }
}

/** Sums up the trees of these roots, in no order; those that are gone are left out. `asOf`: what the clock of the database says, as Postgres text. */
export async function sumTrees(
  db: Queryable,
  roots: readonly string[],
  asOf: string,
  rules: RowRules,
): Promise<SummedTree[]> {
  const clock = clockAt(asOf, rules)
  const whole = (await readTreesBelow(db, roots, clock, rules.linkWay)).map((nodes) => summedTree(nodes, clock.asOf))
  const summed = new Set(whole.map(({ rootId }) => rootId))
  const large: SummedTree[] = []
  for (const id of roots) if (!summed.has(id)) large.push(...(await sumLargeTree(db, id, rules)))
  return [...whole, ...large]
}

async function sumLargeTree(db: Queryable, id: string, rules: RowRules): Promise<SummedTree[]> {
  const { asOf, rows } = await rootRowsWithIds(db, [id], MOST_WHOLE, rules)
  const functions = (await forestRows(db, [id], MOST_WHOLE, rules.linkWay)).map(({ row }) => row.sourceFunction)
  return rows.map((row) => summedLargeTree(treeSummary(row, 'first-line', clockAt(asOf, rules)), functions))
}
