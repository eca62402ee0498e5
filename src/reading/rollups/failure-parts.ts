import type { Queryable } from '../../db/db.ts'
import { failureGroups, type FailureGroup } from '../../domain/analysis/failures.ts'
import { rootsOf } from '../../domain/analysis/roots.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import {
  addFailing,
  addFailures,
  failingOf,
  withoutMessages,
  type FailingFigures,
  type FailureFigures,
} from '../../domain/rollup/failures.ts'
import { failureRows, parentages } from '../../queries/analysis/failures.ts'
import type { Part } from './part.ts'

/** Of a window the newest so many failures are looked at, and so many ancestors of their invocations. */
export const MOST_FAILURES = 20_000
export const MOST_ANCESTORS = 100_000

/** What failed and why, by cause. */
export const failuresPart: Part<FailureFigures> = {
  name: 'failures',
  count: async (db, window) => (await groupsIn(db, window))?.map(withoutMessages) ?? null,
  add: addFailures,
}

/** In which trees, by cause. */
export const failingPart: Part<FailingFigures> = {
  name: 'failing invocations',
  async count(db, window, way) {
    const groups = await groupsIn(db, window)
    const roots = groups && (await rootsIn(db, groups, way))
    return groups && roots && groups.map((group) => failingOf(group, roots))
  },
  add: addFailing,
}

/** The failures of a window, by cause; null: there are more than MOST_FAILURES. */
async function groupsIn(db: Queryable, window: Window): Promise<FailureGroup[] | null> {
  const groups = failureGroups(await failureRows(db, window, MOST_FAILURES), 'first-line')
  return groups.reduce((sum, { count }) => sum + count, 0) < MOST_FAILURES ? groups : null
}

/** The root of each failing invocation; null where they have too many ancestors. */
export async function rootsIn(
  db: Queryable,
  groups: ReadonlyArray<Pick<FailureGroup, 'invocationIds'>>,
  way: LinkWay,
): Promise<Map<string, string> | null> {
  const ids = new Set(groups.flatMap(({ invocationIds }) => invocationIds))
  const pairs = await parentages(db, [...ids], MOST_ANCESTORS, way)
  return pairs.length < MOST_ANCESTORS ? rootsOf(ids, pairs) : null
}
