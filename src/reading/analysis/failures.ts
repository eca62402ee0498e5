import type { Snapshot } from '../../db/db.ts'
import { failureGroups, failureKey, type FailureGroup, type FailureKind } from '../../domain/analysis/failures.ts'
import { rootsOf } from '../../domain/analysis/roots.ts'
import { previousStretch, type Window } from '../../domain/analysis/window.ts'
import { instant, isBefore } from '../../domain/instant.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { rankedPage, type Ranked, type RankedRequest } from '../../domain/paging/ranked.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import { failureRows, parentages } from '../../queries/analysis/failures.ts'
import { withinBounds, type Bound, type Opening } from './bounded.ts'
import { examinedPage, type FiguresPage } from './figures-page.ts'

/** Which causes are wanted; several values mean OR. */
export interface FailureQuery {
  kind?: FailureKind[] | undefined
  name?: string[] | undefined
  /** A part of the cause, in whatever case. */
  text?: string | undefined
  /** true: only causes that the window before did not have. */
  isNew?: boolean | undefined
}

/** The failures of one cause. */
export interface Failure extends Omit<FailureGroup, 'invocationIds'> {
  invocations: number
  /** How many trees hold one; null: there are too many to look. */
  trees: number | null
  /** The window before had none; null: that window is unbounded. */
  new: boolean | null
  previousCount: number | null
}

/** Figures that causes are sorted by. */
export const failureFigures = {
  count: ({ count }) => count,
  invocations: ({ invocations }) => invocations,
  trees: ({ trees }) => trees,
  firstSeen: ({ firstSeen }) => firstSeen,
  lastSeen: ({ lastSeen }) => lastSeen,
  name: () => null,
} satisfies Record<string, (failure: Failure) => Ranked>

/** Of a window the newest so many failures are looked at, and so many ancestors of their invocations. */
const MOST_FAILURES = 20_000
const MOST_ANCESTORS = 100_000

/** What failed and why, grouped by cause, against the window before. */
export function readFailures(
  db: Opening,
  asked: RankedRequest,
  query: FailureQuery,
  messages: MessageView,
  { linkWay }: Pick<RowRules, 'linkWay'>,
  bounds?: readonly Bound[],
): Promise<FiguresPage<Failure>> {
  return withinBounds(
    db,
    'invocations',
    asked,
    async ({ snapshot, stretch, sampled }) => {
      const now = await groupsOf(snapshot, stretch, messages)
      const looked = { sampled: sampled || now.cut, stretch: now.cut ? { from: now.oldest, to: stretch.to } : stretch }
      const before = await earlier(snapshot, asked, looked.stretch.from, messages)
      const wanted = now.groups.filter((group) => isWanted(group, query))
      const trees = await treesOf(snapshot, wanted, linkWay)
      const failures = wanted
        .map((group) => failureOf(group, trees, before))
        .filter(({ new: own }) => query.isNew === undefined || own === query.isNew)
      return {
        ...pageOf(asked, failures, { ...looked, examined: now.examined }),
        asOf: instant(snapshot.asOf),
      }
    },
    bounds,
  )
}

function pageOf(
  asked: RankedRequest,
  failures: Failure[],
  looked: { sampled: boolean; stretch: Window; examined: number },
) {
  const { data, page } = rankedPage(asked, failures, {
    value: (failure, figure) => failureFigures[figure as keyof typeof failureFigures](failure),
    key: failureKey,
  })
  return { data, page: examinedPage(page, { ...looked, groups: failures.length, groupsCut: false }) }
}

async function groupsOf(snapshot: Snapshot, window: Window, messages: MessageView) {
  const rows = await failureRows(snapshot, window, MOST_FAILURES)
  const groups = failureGroups(rows, messages)
  const examined = rows.reduce((sum, { count }) => sum + count, 0)
  const oldest = groups.reduce((at, { firstSeen }) => (isBefore(firstSeen, at) ? firstSeen : at), window.to)
  return { groups, examined, cut: examined >= MOST_FAILURES, oldest }
}

/** How often each cause came in the window before, by its key; null where that has no length. */
async function earlier(snapshot: Snapshot, window: Window, from: string, messages: MessageView) {
  if (!isFinite(window)) return null
  const { groups } = await groupsOf(snapshot, previousStretch(window, from), messages)
  return new Map(groups.map((group) => [failureKey(group), group.count]))
}

function isFinite({ from, to }: Window): boolean {
  return !from.includes('infinity') && !to.includes('infinity')
}

function isWanted({ kind, name, cause }: FailureGroup, query: FailureQuery): boolean {
  return (
    (query.kind?.includes(kind) ?? true) &&
    (query.name?.includes(name) ?? true) &&
    (query.text === undefined || cause.toLowerCase().includes(query.text.toLowerCase()))
  )
}

/** The root of each failing invocation; null where they have too many ancestors. */
async function treesOf(snapshot: Snapshot, groups: readonly FailureGroup[], way: RowRules['linkWay']) {
  const ids = new Set(groups.flatMap(({ invocationIds }) => invocationIds))
  const pairs = await parentages(snapshot, [...ids], MOST_ANCESTORS, way)
  return pairs.length < MOST_ANCESTORS ? rootsOf(ids, pairs) : null
}

function failureOf(
  group: FailureGroup,
  trees: ReadonlyMap<string, string> | null,
  before: ReadonlyMap<string, number> | null,
): Failure {
  const { invocationIds, ...shown } = group
  const ids = [...new Set(invocationIds)]
  const previousCount = before && (before.get(failureKey(group)) ?? 0)
  return {
    ...shown,
    invocations: ids.length,
    trees: trees && new Set(ids.map((id) => trees.get(id))).size,
    new: previousCount === null ? null : previousCount === 0,
    previousCount,
  }
}
