import type { Db } from '../../../db/db.ts'
import type { Credentials } from '../../../access/credentials.ts'
import { Problem } from '../../problems/problem.ts'
import { lookAtTables } from '../../../queries/health.ts'
import type { IssuerKeys } from '../../identity/issuer-keys.ts'
import { databaseProblem } from '../../problems/database-problem.ts'
import type { Stage } from '../../lifecycle/startup-gate.ts'

/** `ok` null: not looked at. */
interface Check {
  ok: boolean | null
  detail: string
}

export interface Readiness {
  ready: boolean
  /** `tokens`: the keys that tokens are checked against, if these are fetched. */
  checks: Record<'service' | 'database' | 'schema', Check> & { tokens?: Check }
  /** What the database failed with. */
  cause?: unknown
}

/** A prober waits for seconds at most (Kubernetes: one), a statement may wait for 20. */
const PATIENCE = 2000
const LACKING = new Set(['42P01', '42703'])

/** What is looked at. */
export interface Looked {
  db: Db
  issuer: IssuerKeys | undefined
  credentials: Credentials | undefined
}

/** Looks whether the service can answer. Probes that come at once share one look, so that they hold one connection at most. */
export function readiness({ db, issuer, credentials }: Looked, stage: Stage): () => Promise<Readiness> {
  let looking: Promise<Readiness> | undefined
  const looked = async (): Promise<Readiness> => {
    if (stage.name !== 'ready') return told(notReady(stage))
    looking ??= look(db).finally(() => (looking = undefined))
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<Readiness>((resolve) => {
      timer = setTimeout(() => resolve(told({ database: { ok: false, detail: `The database did not answer within ${PATIENCE / 1000} s` } })), PATIENCE)
    })
    return Promise.race([looking, late]).finally(() => clearTimeout(timer))
  }
  return async () => {
    const tokens = issuer?.look?.()
    const { ready, checks, ...rest } = await looked()
    // Somebody with a key is answered without the issuer; taking all replicas away would refuse them too.
    return tokens === undefined ? { ready, checks, ...rest } : { ready: ready && (tokens.ok !== false || credentials?.keys.length !== 0), checks: { ...checks, tokens }, ...rest }
  }
}

async function look(db: Db): Promise<Readiness> {
  const reachable = { ok: true, detail: 'The database answers' }
  try {
    await lookAtTables(db)
    return told({ database: reachable, schema: { ok: true, detail: 'Every table and column that this build reads is there' } })
  } catch (cause) {
    const { code } = cause as { code?: string }
    const { message: detail } = databaseProblem(cause as Error) ?? new Problem('internal-error', 'The database failed in a way that the log tells')
    const failed = { ok: false, detail }
    return { ...told(LACKING.has(code ?? '') ? { database: reachable, schema: failed } : { database: failed }), cause }
  }
}

function notReady({ name }: Stage): Partial<Readiness['checks']> {
  return { service: { ok: false, detail: `The service is ${name}` } }
}

function told(found: Partial<Readiness['checks']>): Readiness {
  const unknown = { ok: null, detail: 'Not looked at' }
  const checks = { service: { ok: true, detail: 'The service is ready' }, database: unknown, schema: unknown, ...found }
  return { ready: Object.values(checks).every(({ ok }) => ok === true), checks }
}
