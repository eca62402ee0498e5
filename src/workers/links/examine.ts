import type { Queryable } from '../../db/db.ts'
import { instant } from '../../domain/instant.ts'
import { closingLinks } from '../../domain/link/circles.ts'
import { decide, type Decision, type Examined } from '../../domain/link/decide.ts'
import { settingsFingerprint } from '../../domain/link/fingerprint.ts'
import type { LinkPath } from '../../domain/link/paths.ts'
import { RULE_VERSION } from '../../domain/link/rule.ts'
import { emptyTally, tallyIds, type Tally } from '../../domain/link/tally.ts'
import { lookAt, type ExaminedRow, type Look, type Rule } from '../../queries/recovery/examine.ts'
import { forgetLinks, keepLinks, thoseInCircles, thoseWithChildren } from '../../queries/recovery/keep.ts'
import type { Position, Window } from '../../queries/recovery/kept.ts'
import { uncountWhereLinksChanged } from '../rollups/uncount.ts'

/** The rule of links with its settings, and what one who examines does beside it. */
export interface Examiner {
  rule: Rule
  /** LINK_MAX_AGE, ms. */
  maxAge: number
  /** What a person took back is decided again. */
  again: boolean
  /** keep: findings are written. look: they are compared with what is kept. look alone: this role cannot read what is kept. */
  mode: 'keep' | 'look' | 'look alone'
}

/** What came of one batch, and how far it came; null: to the end of the window. */
export interface ExaminedBatch {
  tally: Tally
  end: Position | null
}

/** `links`: what LINK_MAX_AGE (ms) and LINK_PATHS say. */
export function examinerOf(
  links: { maxAge: number; paths: readonly LinkPath[] },
  { again = false, mode = 'keep' }: Partial<Pick<Examiner, 'again' | 'mode'>> = {},
): Examiner {
  const rule = { version: RULE_VERSION, settings: settingsFingerprint(links), paths: links.paths }
  return { rule, maxAge: links.maxAge, again, mode }
}

/**
 * Examines the next `size` invocations of a window after a position, and keeps what was found about those whose column is empty. Belongs into a
 * transaction that holds the lease (checkLease). Invocations of which nothing changed are not written. No link that is kept closes a circle.
 */
export async function examineNext(
  db: Queryable,
  examiner: Examiner,
  window: Window,
  after: Position | null,
  size: number,
): Promise<ExaminedBatch> {
  const { rule, maxAge, again, mode } = examiner
  const look = await lookAt(db, rule, window, after, size, mode !== 'look alone')
  const raw = new Map(look.rows.map((row) => [row.id, row.createdAt]))
  const decided = look.rows.map((row) => decide(examinedOf(row, look.now), maxAge, again))
  const decisions = refuse(decided, closingLinks(decided.flatMap(newLinkOf)))
  const tally = tallyOf(look, mode === 'keep' ? await keep(db, rule, decisions, raw) : decisions)
  if (mode !== 'keep') tally.written = 0
  return { tally, end: look.end }
}

function examinedOf(row: ExaminedRow, now: string): Examined {
  const { id, namedJobId, unread, jobStartedAt, jobDurationMs, jobInvocationId, keptState, keptJobId } = row
  return {
    id,
    createdAt: instant(row.createdAt),
    eventTime: instant(row.eventTime),
    now: instant(now),
    sourceJobId: null,
    namedJobId,
    unread,
    job:
      jobStartedAt === null
        ? null
        : { startedAt: instant(jobStartedAt), durationMs: jobDurationMs, own: jobInvocationId === id },
    parentId: jobInvocationId,
    kept:
      keptState === null || keptJobId === null
        ? null
        : { state: keptState, jobId: keptJobId, current: row.keptCurrent },
  }
}

function newLinkOf({ id, newParentId }: Decision): Array<{ id: string; parentId: string }> {
  return newParentId === null ? [] : [{ id, parentId: newParentId }]
}

/** A link that closes a circle cannot be a true one: it is taken for one to a job that cannot be the parent. */
function refuse(decisions: Decision[], closing: ReadonlyArray<{ id: string }>): Decision[] {
  if (closing.length === 0) return decisions
  const ids = new Set(closing.map(({ id }) => id))
  return decisions.map((decision) =>
    ids.has(decision.id) ? { ...decision, keep: null, changed: true, newParentId: null, state: 'none' } : decision,
  )
}

/** Writes what changed. Circles over links that were there before are looked for among what is written then: the last one of each is taken out again. */
async function keep(
  db: Queryable,
  rule: Rule,
  decisions: Decision[],
  createdAt: ReadonlyMap<string, string>,
): Promise<Decision[]> {
  const changed = decisions.filter((decision) => decision.changed)
  const fresh = decisions.flatMap(newLinkOf).map(({ id }) => id)
  const inner = await thoseWithChildren(db, fresh)
  await keepLinks(
    db,
    rule,
    changed.flatMap(({ id, keep }) => (keep === null ? [] : [{ id, createdAt: createdAt.get(id) ?? '', ...keep }])),
  )
  await forgetLinks(
    db,
    changed.flatMap(({ id, keep }) => (keep === null ? [id] : [])),
  )
  await uncountWhereLinksChanged(
    db,
    changed.map(({ id }) => id),
  )
  let kept = decisions
  for (let circles = await thoseInCircles(db, inner); circles.length > 0; circles = await thoseInCircles(db, circles)) {
    const last = kept.findLast(({ id, keep }) => keep !== null && circles.includes(id))
    if (last === undefined) return kept
    kept = refuse(kept, [last])
    await forgetLinks(db, [last.id])
  }
  return kept
}

function tallyOf(look: Look, decisions: readonly Decision[]): Tally {
  const tally = emptyTally()
  tally.examined = look.looked
  tally.written = decisions.filter(({ changed }) => changed).length
  tally.counts.recorded = look.linked - look.mended.length
  tallyIds(tally, 'mended', look.mended)
  tallyIds(tally, 'unknown', look.unread)
  for (const { id, state } of decisions) tallyIds(tally, state, [id])
  const seen = look.linked + look.unread.length + decisions.length
  tally.counts.none += look.looked - seen
  return tally
}
