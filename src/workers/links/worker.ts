import { setTimeout as pause } from 'node:timers/promises'
import type { Connection, Writer } from '../../db/db.ts'
import { toldCounts, type LinkCounts } from '../../domain/link/counts.ts'
import type { WorkerState } from '../../domain/link/worker-state.ts'
import { reopening } from '../../db/reopening.ts'
import { expireLease, leaseHolder, type Lease } from '../../queries/recovery/lease.ts'
import { holderName, LeaseLost, LINKS, LINKS_NEXT, takeLease } from '../lease.ts'
import type { Examiner } from './examine.ts'
import { loop } from '../loop.ts'
import { examining } from './look.ts'
import { openLinkSession } from './session.ts'
import { createTicks } from './tick.ts'

export interface WorkerOptions {
  connection: Connection
  examiner: Examiner
  /** Links are written into source_job_id too. */
  mend: boolean
  /** Throws the sentence of what stands in the way of writing: asked before anything is written, until it throws nothing. */
  refuseToWrite: () => Promise<void>
  log: { info(message: string): void; warn(details: object, message: string): void }
}

/** Recovers lost links while the service runs. */
export interface LinkWorker {
  /** For whoever looks at the service. */
  state(): WorkerState
  /** Resolves when it has ended and given its lease back, or after 3 s if the database does not answer. */
  stop(): Promise<void>
}

const EVERY = 3000
/** How often a worker without the lease asks for it: with the 6 s of a lease it takes over within 10 s. */
const ASK_EVERY = 1000
const STOP_PATIENCE = 3000

/** Starts the worker. It throws nothing: what fails is logged, and tried again. */
export function startLinkWorker({ connection, examiner, mend, log, refuseToWrite }: WorkerOptions): LinkWorker {
  const stopping = new AbortController()
  const { signal } = stopping
  const database = reopening(() => openLinkSession(connection, log))
  const look = examining(examiner, mend, sayNew(log))
  const onRescan = (sentence: string): void => log.info(`links: ${sentence}`)
  const tick = createTicks({ look, rule: examiner.rule, onRescan, onCounts: sayOnce(log) }, signal)
  let lease: Lease | undefined
  let allowed = false
  let state: () => WorkerState = () => ({ ok: null, detail: 'Lost links have not been looked for yet' })

  const giveBack = async (writer: Writer): Promise<void> => {
    if (lease) await expireLease(writer, lease)
    lease = undefined
  }
  const work = async (writer: Writer): Promise<number> => {
    if (!allowed) await refuseToWrite()
    allowed = true
    if (await leaseHolder(writer, LINKS_NEXT)) await giveBack(writer)
    else lease ??= await takeLease(writer, LINKS, holderName('service'))
    if (!lease) {
      // Whoever asks for readiness needs no key, so its host is not named.
      if (await leaseHolder(writer, LINKS))
        state = () => ({ ok: true, detail: 'Another process looks for lost links, or writes them' })
      return ASK_EVERY
    }
    const done = await tick(writer, lease)
    const at = performance.now()
    state = () => ({ ok: true, detail: `Lost links were looked for ${secondsSince(at)} s ago` })
    // A command that waits has its turn at once.
    return done ? EVERY : 0
  }
  const failed = (error: Error, again: boolean): void => {
    // Another process has taken the lease, as it should if this one was paused for long.
    if (error instanceof LeaseLost) lease = undefined
    state = () => ({ ok: false, detail: 'Lost links cannot be looked for at this moment, and the log says why' })
    if (!again) log.warn({ err: error }, `links: the worker tries again: ${error.message}`)
  }
  const recovered = (): void => log.info('links: the worker goes on')
  const running = loop({ work: () => database.use(work), failed, recovered }, signal)
    .then(() => lease && database.use(giveBack).catch(() => undefined))
    .then(() => database.end())
  return {
    state: () => state(),
    async stop() {
      stopping.abort()
      await Promise.race([running, pause(STOP_PATIENCE, undefined, { ref: false })])
    },
  }
}

/** At the start people are told what they gain; later the counts stand in the answers. */
function sayOnce(log: WorkerOptions['log']): (counts: LinkCounts) => void {
  let said = false
  return (counts) => {
    if (!said) log.info(`links: ${toldCounts(counts)}`)
    said = true
  }
}

/** The same row is refused at each pass. */
function sayNew(log: WorkerOptions['log']): (why: string) => void {
  let said: string | undefined
  return (why) => {
    if (why !== said) log.warn({}, `links: a row was not mended, because the database refuses it: ${why}`)
    said = why
  }
}

function secondsSince(at: number): number {
  return Math.round((performance.now() - at) / 100) / 10
}
