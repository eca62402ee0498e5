import type { Reader } from '../../../db/db.ts'
import type { Credentials } from '../../../access/credentials.ts'
import type { WorkerState } from '../../../domain/worker-state.ts'
import type { RowRules } from '../../../domain/liveness.ts'
import type { LostLinks } from '../../../reading/links/lost.ts'
import { PATIENCE, readinessOf, type Readiness as Found } from '../../../reading/readiness.ts'
import { Problem } from '../../problems/problem.ts'
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
  /** `tokens`: the keys that tokens are checked against, if these are fetched; `links`, `rollups`, `summaries` and `search`: the tasks of the worker, if it has them. */
  checks: Record<'service' | 'database' | 'schema', Check> & {
    tokens?: Check
    links?: Check
    rollups?: Check
    summaries?: Check
    search?: Check
  }
  /** What the database failed with. */
  cause?: unknown
}

/** What is looked at. */
export interface Looked {
  db: Reader
  issuer: IssuerKeys | undefined
  credentials: Credentials | undefined
  rules: RowRules
  /** Its last look is told, and none is begun: readiness is asked for every second. */
  lost: LostLinks
  /** Told, and no reason not to be ready: answers are right without it. */
  worker: { state(name: string): WorkerState | undefined } | undefined
}

/** Looks whether the service can answer, and tells it as checks. */
export function readiness({ db, issuer, credentials, rules, worker }: Looked, stage: Stage): () => Promise<Readiness> {
  const look = readinessOf(db, rules)
  return async () => {
    const tokens = issuer?.look?.()
    const { ready, checks, ...rest } = stage.name === 'ready' ? told(await look()) : checked(notReady(stage))
    // Somebody with a key is answered without the issuer; taking all replicas away would refuse them too.
    const links = worker?.state('links')
    const rollups = worker?.state('rollups')
    const summaries = worker?.state('summaries')
    const search = worker?.state('search')
    return {
      ready: ready && (tokens?.ok !== false || credentials?.keys.length !== 0),
      checks: {
        ...checks,
        ...(tokens && { tokens }),
        ...(links && { links }),
        ...(rollups && { rollups }),
        ...(summaries && { summaries }),
        ...(search && { search }),
      },
      ...rest,
    }
  }
}

const reachable = { ok: true, detail: 'The database answers' }

function told(found: Found): Readiness {
  if (found.name === 'ready')
    return checked({
      database: reachable,
      schema: { ok: true, detail: 'Every table and column that this build reads is there' },
    })
  if (found.name === 'late')
    return checked({ database: { ok: false, detail: `The database did not answer within ${PATIENCE / 1000} s` } })
  const { name, cause } = found
  const { message: detail } =
    databaseProblem(cause as Error) ?? new Problem('internal-error', 'The database failed in a way that the log tells')
  const failed = { ok: false, detail }
  return { ...checked(name === 'lacking' ? { database: reachable, schema: failed } : { database: failed }), cause }
}

function notReady({ name }: Stage): Partial<Readiness['checks']> {
  return { service: { ok: false, detail: `The service is ${name}` } }
}

function checked(found: Partial<Readiness['checks']>): Readiness {
  const unknown = { ok: null, detail: 'Not looked at' }
  const checks = { service: { ok: true, detail: 'The service is ready' }, database: unknown, schema: unknown, ...found }
  return { ready: Object.values(checks).every(({ ok }) => ok === true), checks }
}
