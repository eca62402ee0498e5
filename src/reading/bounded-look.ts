import type { Reader, Snapshot } from '../db/db.ts'

// A statement's time was over, by the server's clock or by the driver's, or its time to wait for a lock.
const OVER = new Set(['57014', 'READ_TIMEOUT', '55P03'])
// Of what the role may not read another check tells.
const FORBIDDEN = '42501'

/** What a statement of the start finds within its time, ms. 'unknown': the time was too short. undefined: nothing, or the role may not read it. */
export async function boundedLook<T>(
  db: Pick<Reader, 'open'>,
  statementTimeout: number,
  ask: (snapshot: Snapshot) => Promise<T>,
): Promise<T | 'unknown' | undefined> {
  const snapshot = await db.open({ statementTimeout })
  try {
    return await ask(snapshot)
  } catch (error) {
    const { code = '' } = error as { code?: string }
    if (code !== FORBIDDEN && !OVER.has(code)) throw error
    return code === FORBIDDEN ? undefined : 'unknown'
  } finally {
    await snapshot.close()
  }
}
