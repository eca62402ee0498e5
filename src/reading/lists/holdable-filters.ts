import type { Queryable } from '../../db/db.ts'
import { holdable, UNTRANSLATABLE } from '../../queries/encoding.ts'

/**
 * What `read` finds with these filters. A text that the encoding of the database cannot hold (an emoji, in one of LATIN1) equals nothing
 * that is there: it is left out, and a filter of which nothing stays matches no row. It is looked for when Postgres has refused it.
 */
export async function withHoldable<F extends object, T>(
  db: Queryable,
  filters: F,
  read: (filters: F) => Promise<T>,
): Promise<T> {
  try {
    return await read(filters)
  } catch (error) {
    if ((error as { code?: string }).code !== UNTRANSLATABLE) throw error
    const held = { ...filters } as Record<string, unknown>
    let left = 0
    for (const [name, values] of Object.entries(filters).filter((entry): entry is [string, string[]] =>
      Array.isArray(entry[1]),
    )) {
      const kept = await holdable(db, values)
      left += values.length - kept.length
      held[name] = kept
    }
    // It was no filter, but a row.
    if (left === 0) throw error
    return read(held as F)
  }
}
