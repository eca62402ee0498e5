import type { Snapshot } from '../../db/db.ts'
import { failureGroups, failureKey, type FailureGroup } from '../../domain/analysis/failures.ts'
import type { Window } from '../../domain/analysis/window.ts'
import { isBefore } from '../../domain/instant.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { shownMessage, type MessageView } from '../../domain/privacy/error-message.ts'
import type { FailureFigures } from '../../domain/rollup/failures.ts'
import { failureMessages, failureRows } from '../../queries/analysis/failures.ts'
import { failingPart, failuresPart, MOST_FAILURES, rootsIn } from '../rollups/failure-parts.ts'
import type { RollupSource } from '../rollups/source.ts'

/** How many invocations failed by one cause, and in how many trees; null: there are too many to look. */
export interface Spread {
  invocations: number | null
  trees: number | null
}

/** The failures of a window by cause. */
export interface FoundFailures {
  groups: FailureFigures[]
  examined: number
  /** Only the newest ones were looked at: those since then. Null: all were. */
  cutAt: string | null
  /** Of these groups, by key. */
  spread(groups: readonly FailureFigures[]): Promise<ReadonlyMap<string, Spread>>
  /** The same groups, with the messages of their samples. */
  withMessages<G extends FailureFigures>(groups: readonly G[]): Promise<G[]>
}

/** Looks at the newest MOST_FAILURES failures themselves. */
export async function failuresInRows(
  snapshot: Snapshot,
  window: Window,
  way: LinkWay,
  messages: MessageView,
): Promise<FoundFailures> {
  const groups = failureGroups(await failureRows(snapshot, window, MOST_FAILURES), messages)
  const examined = groups.reduce((sum, { count }) => sum + count, 0)
  const oldest = groups.reduce((at, { firstSeen }) => (isBefore(firstSeen, at) ? firstSeen : at), window.to)
  return {
    groups,
    examined,
    cutAt: examined >= MOST_FAILURES ? oldest : null,
    async spread(asked) {
      const keys = new Set(asked.map(failureKey))
      const wanted = groups.filter((group) => keys.has(failureKey(group)))
      const roots = await rootsIn(snapshot, wanted, way)
      return new Map(wanted.map((group) => [failureKey(group), spreadOf(group, roots)]))
    },
    withMessages: async (shown) => [...shown],
  }
}

function spreadOf({ invocationIds }: FailureGroup, roots: ReadonlyMap<string, string> | null): Spread {
  const ids = [...new Set(invocationIds)]
  return { invocations: ids.length, trees: roots && new Set(ids.map((id) => roots.get(id))).size }
}

/** The same of hours that were counted; null: they do not tell. */
export async function failuresInRollups(
  snapshot: Snapshot,
  rollups: RollupSource,
  window: Window,
  messages: MessageView,
): Promise<FoundFailures | null> {
  const groups = await rollups.figures(failuresPart, window)
  if (groups === null) return null
  const examined = groups.reduce((sum, { count }) => sum + count, 0)
  return {
    groups,
    examined,
    cutAt: null,
    async spread(asked) {
      const failing = examined < MOST_FAILURES ? await rollups.figures(failingPart, window) : null
      const found = new Map((failing ?? []).map((each) => [failureKey(each), each.invocations]))
      return new Map(
        asked.map((group) => {
          const invocations = found.get(failureKey(group)) ?? []
          return [
            failureKey(group),
            failing === null
              ? { invocations: null, trees: null }
              : { invocations: invocations.length, trees: new Set(invocations.map(([, root]) => root)).size },
          ]
        }),
      )
    },
    async withMessages(shown) {
      const ids = shown.flatMap(({ samples }) => samples.map(({ id }) => id))
      const texts = new Map((await failureMessages(snapshot, ids)).map(({ id, message }) => [id, message]))
      return shown.map((group) => ({
        ...group,
        samples: group.samples.map((sample) => ({
          ...sample,
          message: shownMessage(texts.get(sample.id) ?? null, messages),
        })),
      }))
    },
  }
}
