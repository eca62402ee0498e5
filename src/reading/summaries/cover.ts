import type { Snapshot } from '../../db/db.ts'
import { instant, isBefore } from '../../domain/instant.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { treeCover, type TreeCover } from '../../domain/summaries/cover.ts'
import { checkedHours } from '../../queries/summaries/hours.ts'
import { summedBy } from './sum-trees.ts'

/** How much of a window (null: unbounded) is summed up; null: nothing of it. Of a window before the first row nothing is missing. */
export async function coverOfTrees(
  snapshot: Snapshot,
  { from, to }: { from: string | null; to: string | null },
  rules: RowRules,
): Promise<TreeCover | null> {
  const { hours, oldest } = await checkedHours(snapshot, { from, to }, summedBy(rules))
  const first = oldest === null ? null : instant(oldest)
  if (first === null || (to !== null && !isBefore(first, to)))
    return { checkedAt: instant(snapshot.asOf), examinedFrom: null, current: true }
  const checked = hours.map(({ hour, checkedAt }) => ({ hour: instant(hour), checkedAt: instant(checkedAt) }))
  const now = instant(snapshot.asOf)
  return treeCover(from, to !== null && isBefore(to, now) ? to : now, checked, first)
}
