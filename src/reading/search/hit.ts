import { instant } from '../../domain/instant.ts'
import { shownMessage, type MessageView } from '../../domain/privacy/error-message.ts'
import { withoutEmails } from '../../domain/privacy/email-like.ts'
import type { HitRow } from '../../queries/search/hits.ts'

/** What was found: a row, or a name that rows have. */
export interface SearchHit {
  kind: 'invocation' | 'job' | 'event' | 'function' | 'table'
  /** Of a row. */
  id: string | null
  invocationId: string | null
  /** The root of the tree that it belongs to, one of `trees`; null: a name belongs to many, and of too many hits the trees are not told. */
  rootId: string | null
  name: string
  at: string | null
  status: string | null
  errorMessage: string | null
  /** Of a record. */
  table: string | null
  recordId: string | null
  /** How many failures have this very message. */
  count: number | null
}

/** What a search was found by, the best first. */
export const matches = ['id', 'record', 'personal', 'correlation', 'name', 'error'] as const
export type Match = (typeof matches)[number]

/** The hits of one kind of match; `more`: there are more than are shown. */
export interface SearchGroup {
  match: Match
  data: SearchHit[]
  more: boolean
}

/** What was not looked at, or only since an instant, and why. */
export interface NotSearched {
  match: Match
  why: string
  since: string | null
}

/** Of each group the first ones are shown. */
export const MOST_HITS = 20

/** A message as a search shows it and looks through it: without the scope that shows it whole, also without what may be an e-mail address. */
export function seenMessage(message: string | null, messages: MessageView): string | null {
  const shown = shownMessage(message, messages)
  return shown !== null && messages === 'first-line' ? withoutEmails(shown) : shown
}

/** What a hit says that says nothing. */
export const noHit = {
  id: null,
  invocationId: null,
  rootId: null,
  at: null,
  status: null,
  errorMessage: null,
  table: null,
  recordId: null,
  count: null,
} satisfies Partial<SearchHit>

export function rowHit(
  row: HitRow,
  messages: MessageView,
  record: Pick<SearchHit, 'table' | 'recordId'> = noHit,
): SearchHit {
  const { table, recordId } = record
  return {
    ...noHit,
    ...row,
    at: instant(row.at),
    errorMessage: seenMessage(row.errorMessage, messages),
    table,
    recordId,
  }
}

/** The group of these hits, one beyond the most of which tells that there are more; none if there are none. */
export function groupOf(match: Match, hits: readonly SearchHit[], more = false): SearchGroup[] {
  return hits.length === 0 ? [] : [{ match, data: hits.slice(0, MOST_HITS), more: more || hits.length > MOST_HITS }]
}

/** Nothing was found, for it took too long. */
export function late(match: Match): { data: SearchGroup[]; notSearched: NotSearched[] } {
  return { data: [], notSearched: [{ match, why: 'it took too long', since: null }] }
}
