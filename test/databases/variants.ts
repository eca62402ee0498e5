import { found } from './found.ts'
import { encodings } from './encodings.ts'
import { ids } from './ids.ts'
import { own } from './own.ts'
import { types } from './types.ts'

/** A database as a person may have it, and what the service makes of it: it refuses with a sentence, or its answers agree with plain SQL. */
export interface Variant {
  /** The first cell of its row in the table of docs/operations.md ("Which databases"). Several variants may share a row. */
  row: string
  /** What sets it apart from others of its row. */
  name?: string
  /** Also part of `npm test`; the others only of `npm run test:databases`. */
  quick?: true
  /** With all migrations (default), or without anything. */
  from?: 'migrated' | 'empty'
  /** For CREATE DATABASE. */
  options?: string
  /** The rows of the random forest are in before it is prepared: nobody can put them into what it is then. */
  full?: true
  /** Makes it what it is, run by a superuser; `:role` stands for a role of the variant's own, `:database` for its name. */
  prepare?: string
  /** The service logs in as `:role`. */
  asRole?: true
  /** Variables of the service; `:role` as above. */
  env?: Record<string, string>
  /** How the URL of the service differs. */
  url?: (url: URL) => void
  /** What JSON shows of such numbers is compared, instead of the answers with SQL, which cannot add them to instants. */
  numbers?: true
  /** Run when the rows of the random forest are in, before they are asked for. */
  after?: string
  /** undefined: it is served. A pattern of the sentence otherwise; nothing has changed then. */
  refused?: RegExp
  /** The commands of the sentence are run then, and the next start serves it. */
  mended?: true
}

export const variants: Variant[] = [
  { row: 'An empty database', quick: true, from: 'empty' },
  { row: 'One that Event Detector or these migrations made', quick: true },
  ...found,
  ...types,
  ...encodings,
  ...ids,
  ...own,
]
