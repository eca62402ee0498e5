import type { Reader } from '../db/db.ts'
import type { Statuses } from '../domain/model/status.ts'
import { foreignStatuses } from '../domain/status-spelling.ts'
import { heldStatuses } from '../queries/held-statuses.ts'
import { tablesThere } from '../queries/schema.ts'
import { boundedLook } from './bounded-look.ts'

/** How long the look at one table may take, ms; with an index on status it takes one. */
const LOOK = 1000

/**
 * Throws a sentence with the commands to run if a status is one that the service knows, in other words: a tree with FAILED in it would be completed.
 * Warns of words that mean none of them, and if there was no time to look.
 */
export async function checkStatuses(
  db: Pick<Reader, 'query' | 'open'>,
  log: { warn(message: string): void },
  patience = LOOK,
): Promise<void> {
  for (const table of await tablesThere(db)) {
    const held = await boundedLook(db, patience, (snapshot) => heldStatuses(snapshot, table))
    if (held === 'unknown')
      log.warn(
        `the ${patience / 1000} s in which the start looked were too short to tell which words public.${table}.status holds: an index on it would help; one that means a failure in other words than failed, timeout or timed_out counts as none`,
      )
    else if (held !== undefined) judge(table, held, log)
  }
}

function judge(table: keyof Statuses, held: readonly string[], log: { warn(message: string): void }): void {
  const { respelled, unknown } = foreignStatuses(table, held)
  const quoted = (word: string): string => `'${word.replaceAll("'", "''")}'`
  if (respelled.length > 0)
    throw new Error(
      `this database cannot be served: public.${table}.status holds ${respelled.map(({ held: word, known }) => `${quoted(word)} for ${known}`).join(', ')}, and no filter or figure would count it; let the writer write the words of Event Detector, and change the rows: ${respelled.map(({ held: word, known }) => `update public.${table} set status = ${quoted(known)} where status = ${quoted(word)}`).join('; ')}`,
    )
  if (unknown.length > 0)
    log.warn(
      `public.${table}.status holds ${unknown.map(quoted).join(', ')}: such a row counts neither as failed nor as running, as a skipped one does`,
    )
}
