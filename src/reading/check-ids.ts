import type { Db } from '../db/db.ts'
import { doubledId, tablesWithoutKey } from '../queries/doubled-ids.ts'

/** How long the look at one table may take, ms: a start that is refused ends within 20 s, and there are three tables. */
const LOOK = 4000

// A statement's time was over, by the server's clock or by the driver's, or its time to wait for a lock.
const OVER = new Set(['57014', 'READ_TIMEOUT', '55P03'])
// Of what the role may not read another check tells.
const FORBIDDEN = '42501'

/**
 * Throws a sentence with the commands to run if an id occurs more than once, as it can in a copy without primary keys: every list and tree would
 * show it so. Looks only at tables in which nothing says that it cannot, and warns if the time for that was too short.
 */
export async function checkIds(
  db: Pick<Db, 'query' | 'open'>,
  log: { warn(message: string): void },
  patience = LOOK,
): Promise<void> {
  for (const table of await tablesWithoutKey(db)) {
    const found = await look(db, table, patience)
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

async function look(
  db: Pick<Db, 'open'>,
  table: string,
  statementTimeout: number,
): Promise<Awaited<ReturnType<typeof doubledId>> | 'unknown'> {
  const snapshot = await db.open({ statementTimeout })
  try {
    return await doubledId(snapshot, table)
  } catch (error) {
    const { code = '' } = error as { code?: string }
    if (code !== FORBIDDEN && !OVER.has(code)) throw error
    return code === FORBIDDEN ? undefined : 'unknown'
  } finally {
    await snapshot.close()
  }
}

/** Rows of several tables may have one ctid: those of partitions, and of tables that inherit. */
function removal(table: string): string {
  return `delete from public.${table} where (tableoid, ctid) in (select tableoid, ctid from (select tableoid, ctid, row_number() over (partition by id order by updated_at desc nulls last, tableoid, ctid) as nth from public.${table}) as numbered where nth > 1)`
}
