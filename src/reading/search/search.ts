import { instant } from '../../domain/instant.ts'
import type { RowRules } from '../../domain/liveness.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import { questionOf } from '../../domain/search/question.ts'
import type { SearchSettings } from '../../domain/search/settings.ts'
import type { Opening } from '../analysis/bounded.ts'
import { withAttempts } from './attempt.ts'
import { findErrors } from './errors.ts'
import { findCorrelation, findIds } from './exact.ts'
import { groupOf, rowHit, type Match, type NotSearched, type SearchGroup } from './hit.ts'
import { findNames } from './names.ts'
import type { Asking, Part } from './part.ts'
import { findPersonalHits, findRecordHits } from './record-part.ts'
import { treesAround, type FoundTree } from './trees.ts'

/** What a search found, the best first, and what it did not look at. */
export interface SearchResult extends Part {
  /** The trees that the hits belong to. */
  trees: FoundTree[]
  /** Those of some hits are not told. */
  moreTrees: boolean
  /** What the clock of the database said. */
  asOf: string
}

/** How long all parts of a search may take together; ms. */
const TIME = 2000
const EXACT_TIME = 1000
const TREES_TIME = 700

/**
 * Looks for a text among ids, records, correlation ids, names and the messages of failures, in 2 s. `within`: among these alone; unless they are asked for
 * so, messages are looked at if nothing else was found. `personal`: the caller may see payloads, so personal keys are looked for too.
 */
export function search(
  db: Opening,
  { text, within, personal }: { text: string; within: readonly Match[] | undefined; personal: boolean },
  messages: MessageView,
  rules: RowRules,
  settings: SearchSettings,
): Promise<SearchResult> {
  return withAttempts(db, TIME, (attempts) =>
    searchedBy({ attempts, question: questionOf(text), messages, settings }, { within, personal }, rules),
  )
}

async function searchedBy(
  asking: Asking,
  { within, personal: mayAsk }: { within: readonly Match[] | undefined; personal: boolean },
  rules: RowRules,
): Promise<SearchResult> {
  const asks = (match: Match): boolean => within?.includes(match) ?? true
  const { attempts, question, messages, settings } = asking
  const { ids, correlation, asOf } = await attempts.must(EXACT_TIME, async (snapshot) => ({
    ids: asks('id') ? await findIds(snapshot, question) : [],
    correlation: asks('correlation') ? await findCorrelation(snapshot, question) : [],
    asOf: instant(snapshot.asOf),
  }))
  const hits = (rows: typeof ids) => rows.map((row) => rowHit(row, messages))
  const records = asks('record') ? await findRecordHits(asking) : nothing
  const asksPersonal = mayAsk && (settings.personal !== undefined || within?.includes('personal') === true)
  const personal = asksPersonal && asks('personal') ? await findPersonalHits(asking) : nothing
  const names = asks('name') ? await findNames(asking) : nothing
  const best = [
    ...groupOf('id', hits(ids)),
    ...records.data,
    ...personal.data,
    ...groupOf('correlation', hits(correlation)),
    ...names.data,
  ]
  const errors = !asks('error') ? nothing : within === undefined && best.length > 0 ? leftOut : await findErrors(asking)
  return {
    ...(await withTrees([...best, ...errors.data], asking, rules)),
    notSearched: [records, personal, names, errors].flatMap((part): NotSearched[] => part.notSearched),
    asOf,
  }
}

const nothing: Part = { data: [], notSearched: [] }
const leftOut: Part = {
  data: [],
  notSearched: [{ match: 'error', why: 'something else was found; in=error looks through them', since: null }],
}

/** The same hits with the roots of their trees, and these. */
async function withTrees(
  groups: SearchGroup[],
  { attempts, messages }: Asking,
  rules: RowRules,
): Promise<Pick<SearchResult, 'data' | 'trees' | 'moreTrees'>> {
  const ids = new Set(groups.flatMap(({ data }) => data.flatMap(({ invocationId }) => invocationId ?? [])))
  if (ids.size === 0) return { data: groups, trees: [], moreTrees: false }
  const around = await attempts.within(TREES_TIME, (snapshot) => treesAround(snapshot, [...ids], messages, rules))
  if (!around) return { data: groups, trees: [], moreTrees: true }
  const data = groups.map((group) => ({
    ...group,
    data: group.data.map((hit) => ({ ...hit, rootId: around.rootOf.get(hit.invocationId ?? '') ?? null })),
  }))
  return { data, trees: around.trees, moreTrees: around.more }
}
