import type { Reader } from '../db/db.ts'
import type { RowRules } from '../domain/liveness.ts'
import { lookAtTables } from '../queries/health.ts'

/** A prober waits for seconds at most (Kubernetes: one), a statement may wait for 20; ms. */
export const PATIENCE = 2000
/** undefined_table and undefined_column. */
const LACKING = new Set(['42P01', '42703'])

/**
 * What a look at the database found. ready: it answers, and has every table and column that this build reads; lacking: it answers, and has not;
 * failed: it does not answer, or not so; late: not within PATIENCE.
 */
export type Readiness =
  | { name: 'ready' }
  | { name: 'late' }
  | { name: 'lacking'; cause: unknown }
  | { name: 'failed'; cause: unknown }

/** Looks whether the database can be read. Probes that come at once share one look, so that they hold one connection at most. Never throws. */
export function readinessOf(db: Pick<Reader, 'probe'>, rules: RowRules): () => Promise<Readiness> {
  let looking: Promise<Readiness> | undefined
  return () => {
    looking ??= look(db, rules).finally(() => (looking = undefined))
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<Readiness>((resolve) => {
      timer = setTimeout(() => resolve({ name: 'late' }), PATIENCE)
    })
    return Promise.race([looking, late]).finally(() => clearTimeout(timer))
  }
}

async function look(db: Pick<Reader, 'probe'>, { linkWay }: RowRules): Promise<Readiness> {
  try {
    await lookAtTables(db, linkWay)
    return { name: 'ready' }
  } catch (cause) {
    const { code = '' } = cause as { code?: string }
    return { name: LACKING.has(code) ? 'lacking' : 'failed', cause }
  }
}
