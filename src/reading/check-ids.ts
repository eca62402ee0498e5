import type { Reader } from '../db/db.ts'
import { doubledId, tablesWithoutKey } from '../queries/doubled-ids.ts'
import { boundedLook } from './bounded-look.ts'

/** How long the look at one table may take, ms: a start that is refused ends within 20 s, and there are three tables. */
const LOOK = 4000

/**
 * Throws a sentence with the commands to run if an id occurs more than once, as it can in a copy without primary keys: every list and tree would
 * show it so. Looks only at tables in which nothing says that it cannot, and warns if the time for that was too short.
 */
export async function checkIds(
  db: Pick<Reader, 'query' | 'open'>,
  log: { warn(message: string): void },
  patience = LOOK,
): Promise<void> {
  for (const table of await tablesWithoutKey(db)) {
    const found = await boundedLook(db, patience, (snapshot) => doubledId(snapshot, table))
    const see = `select id, count(*) from public.${table} group by id having count(*) > 1`
    if (found === 'unknown')
      log.warn(
        `public.${table} has no unique index on id, and the ${patience / 1000} s in which the start looked were too short to tell whether an id occurs twice: answers would show it twice; see for yourself: ${see}`,
      )
    else if (found !== undefined)
      throw new Error(
        `this database cannot be served: public.${table} has no unique index on id, and the id ${found.id} occurs ${found.count} times, as others may: answers would show it as often. See them: ${see}; keep the newest row of each: ${removal(table)}`,
      )
  }
}

/** Rows of several tables may have one ctid: those of partitions, and of tables that inherit. */
function removal(table: string): string {
  return `delete from public.${table} where (tableoid, ctid) in (select tableoid, ctid from (select tableoid, ctid, row_number() over (partition by id order by updated_at desc nulls last, tableoid, ctid) as nth from public.${table}) as numbered where nth > 1)`
}
