import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

/** untranslatable_character: the encoding of the database (LATIN1, say) has no such character. */
export const UNTRANSLATABLE = '22P05'

const ASCII = /^\p{ASCII}*$/u

/** Of these texts, those that can stand in this database. Each is asked for by itself, unless it is ASCII, which every encoding has. */
export async function holdable(db: Queryable, texts: readonly string[]): Promise<string[]> {
  const held: string[] = []
  for (const text of texts) if (ASCII.test(text) || (await isHoldable(db, text))) held.push(text)
  return held
}

async function isHoldable(db: Queryable, text: string): Promise<boolean> {
  try {
    await db.query(sql`select ${text}::text`)
    return true
  } catch (error) {
    if ((error as { code?: string }).code !== UNTRANSLATABLE) throw error
    return false
  }
}
