import type { Snapshot } from '../../db/db.ts'
import { failureKey, type FailureKind } from '../../domain/analysis/failures.ts'
import { previousStretch, type Window } from '../../domain/analysis/window.ts'
import { instant } from '../../domain/instant.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { rankedPage, type Ranked, type RankedRequest } from '../../domain/paging/ranked.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { FailureFigures } from '../../domain/rollup/failures.ts'
import type { Bound, Opening } from './bounded.ts'
import { figuresWithin, type FigureRules, type LookedFigures } from './figures-within.ts'
import { examinedPage, type FiguresPage } from './figures-page.ts'
import { failuresInRollups, failuresInRows, type FoundFailures, type Spread } from './found-failures.ts'

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
export interface Failure extends FailureFigures {
  /** How many failed so; null: there are too many to look. */
  invocations: number | null
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

/** What failed and why, grouped by cause, against the window before. */
export function readFailures(
  db: Opening,
  asked: RankedRequest,
  query: FailureQuery,
  messages: MessageView,
  rules: FigureRules,
  bounds?: readonly Bound[],
): Promise<FiguresPage<Failure>> {
  return figuresWithin(
    db,
    'invocations',
    asked,
    rules,
    async (looked) => {
      const { snapshot, stretch, sampled, source } = looked
      const find = (window: Window): Promise<FoundFailures> => found(looked, window, rules, messages)
      const now = await find(stretch)
      const from = now.cutAt ?? stretch.from
      const before = isFinite(asked) ? await find(previousStretch(asked, from)) : null
      const wanted = now.groups.filter((group) => isWanted(group, query))
      const spread = await now.spread(wanted)
      const failures = wanted
        .map((group) => failureOf(group, spread.get(failureKey(group)), countsOf(before)))
        .filter(({ new: own }) => query.isNew === undefined || own === query.isNew)
      const { data, page } = pageOf(asked, failures)
      return {
        data: await now.withMessages(data),
        page: examinedPage(page, {
          groups: failures.length,
          groupsCut: false,
          examined: now.examined,
          sampled: sampled || now.cutAt !== null,
          stretch: { from, to: stretch.to },
          rollups: source.used(),
        }),
        asOf: instant(snapshot.asOf),
      }
    },
    bounds,
  )
}

async function found(
  { snapshot, rollups }: { snapshot: Snapshot; rollups: LookedFigures['rollups'] },
  window: Window,
  { linkWay }: Pick<RowRules, 'linkWay'>,
  messages: MessageView,
): Promise<FoundFailures> {
  const kept = rollups && (await failuresInRollups(snapshot, rollups, window, messages))
  return kept ?? (await failuresInRows(snapshot, window, linkWay, messages))
}

function pageOf(asked: RankedRequest, failures: Failure[]) {
  return rankedPage(asked, failures, {
    value: (failure, figure) => failureFigures[figure as keyof typeof failureFigures](failure),
    key: failureKey,
  })
}

/** How often each cause came, by its key; null where the window before has no length. */
function countsOf(before: FoundFailures | null): ReadonlyMap<string, number> | null {
  return before && new Map(before.groups.map((group) => [failureKey(group), group.count]))
}

function isFinite({ from, to }: Window): boolean {
  return !from.includes('infinity') && !to.includes('infinity')
}

function isWanted({ kind, name, cause }: FailureFigures, query: FailureQuery): boolean {
  return (
    (query.kind?.includes(kind) ?? true) &&
    (query.name?.includes(name) ?? true) &&
    (query.text === undefined || cause.toLowerCase().includes(query.text.toLowerCase()))
  )
}

function failureOf(
  { kind, name, cause, count, firstSeen, lastSeen, samples }: FailureFigures,
  spread: Spread | undefined,
  before: ReadonlyMap<string, number> | null,
): Failure {
  const previousCount = before && (before.get(failureKey({ kind, name, cause })) ?? 0)
  return {
    kind,
    name,
    cause,
    count,
    firstSeen,
    lastSeen,
    samples,
    invocations: spread?.invocations ?? null,
    trees: spread?.trees ?? null,
    new: previousCount === null ? null : previousCount === 0,
    previousCount,
  }
}
