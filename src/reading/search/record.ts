import { instant } from '../../domain/instant.ts'
import { clockAt, type RowRules } from '../../domain/liveness.ts'
import { invocation, type Invocation } from '../../domain/model/invocation.ts'
import { cutPage, type Page, type PageRequest } from '../../domain/paging/page.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { Redaction } from '../../domain/privacy/redaction.ts'
import type { MissingStep } from '../../domain/search/missing-steps.ts'
import { recordId } from '../../domain/search/question.ts'
import type { SearchSettings } from '../../domain/search/settings.ts'
import { invocationsById } from '../../queries/invocations.ts'
import type { Opening } from '../analysis/bounded.ts'
import { withAttempts, type Attempts } from './attempt.ts'
import { missingIn } from './missing.ts'
import { readChanges, type Changes } from './changes.ts'
import { findRecords } from './records.ts'
import { treesAround, type FoundTree } from './trees.ts'

/** An invocation that an event of the record caused. */
export interface RecordStep {
  table: string
  invocation: Invocation
  /** The root of its tree, one of `trees`; null: there are too many. */
  rootId: string | null
}

/** A tree of the history of a record; `missing`: what normally follows and did not; null: it could not be learnt in time, or too few links are known. */
export interface RecordTree extends FoundTree {
  missing: MissingStep[] | null
}

/** A page of the history of a record, the newest first. */
export interface RecordHistory {
  data: RecordStep[]
  page: Page
  trees: RecordTree[]
  moreTrees: boolean
  /** Only invocations since then were looked at; null: all. */
  since: string | null
  /** If they were asked for. */
  changes: Changes | undefined
  asOf: string
}

/** ms. */
const TIME = 6000
const ROWS_TIME = 2000
const TREES_TIME = 2000

/** A page of the history of a record. */
export interface AskedRecord extends PageRequest {
  record: { table: string; id: string }
  /** Also what the events changed, with this masked. */
  changes: readonly Redaction[] | undefined
  /** Too few links are known to say what is missing. */
  fewLinks: boolean
}

/** Reads a page of the history of a record. Throws if its invocations cannot be read in time. */
export function readRecord(
  db: Opening,
  asked: AskedRecord,
  messages: MessageView,
  rules: RowRules,
  settings: SearchSettings,
): Promise<RecordHistory> {
  return withAttempts(db, TIME, (attempts) => historyOf(attempts, asked, messages, rules, settings))
}

async function historyOf(
  attempts: Attempts,
  asked: AskedRecord,
  messages: MessageView,
  rules: RowRules,
  settings: SearchSettings,
): Promise<RecordHistory> {
  const { record, after, limit } = asked
  const names = [{ table: record.table, id: recordId(record.id) }]
  const before = after && { createdAt: after.at, id: after.id }
  const found = await attempts.must(ROWS_TIME, async (snapshot) => {
    const end = performance.now() + ROWS_TIME / 2
    const left = (): number => end - performance.now()
    const records = await findRecords(snapshot, names, settings, { before, limit, left })
    const clock = clockAt(snapshot.asOf, rules)
    const rows = await invocationsById(
      snapshot,
      records.rows.map(({ invocationId }) => invocationId),
      rules.linkWay,
    )
    const byId = new Map(rows.map((row) => [row.id, invocation(row, messages, clock)]))
    const steps = records.rows.flatMap(({ place, invocationId }) => {
      const own = byId.get(invocationId)
      return own ? [{ table: place, invocation: own, rootId: null }] : []
    })
    const own = asked.changes && steps.map(({ invocation: { id } }) => id)
    const changes = own && asked.changes && (await readChanges(snapshot, own, asked.changes))
    return { ...records, steps, changes, asOf: clock.asOf }
  })
  const ids = found.steps.map(({ invocation: { id } }) => id)
  const around = await attempts.within(TREES_TIME, (snapshot) => treesAround(snapshot, ids, messages, rules))
  const learns = around !== undefined && around.trees.length > 0 && !asked.fewLinks
  const missing = learns ? await missingIn(attempts, around.trees, rules) : null
  const stopped = found.next && { at: instant(found.next.createdAt), id: found.next.id }
  const { data, page } = cutPage(asked, found.steps, positionOf, stopped)
  return {
    data: data.map(({ table, invocation: own }) => ({
      table,
      invocation: own,
      rootId: around?.rootOf.get(own.id) ?? null,
    })),
    page,
    trees: (around?.trees ?? []).map((tree) => Object.assign(tree, { missing: missing?.get(tree.root.id) ?? null })),
    moreTrees: around?.more ?? ids.length > 0,
    since: found.since === null ? null : instant(found.since),
    changes: found.changes,
    asOf: found.asOf,
  }
}

function positionOf({ invocation: { createdAt, id } }: RecordStep): { at: string; id: string } {
  return { at: createdAt, id }
}
