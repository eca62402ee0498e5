import { setTimeout as pause } from 'node:timers/promises'
import type { Session, Writer } from '../db.ts'
import { sql } from '../sql.ts'
import { MigrationError } from './error.ts'
import { clearTheWay } from './invalid-index.ts'
import type { Script } from './script.ts'
import type { MigrateOptions } from './session.ts'

/** Runs a script and `bookkeeping`: in one transaction, or, where its header says so, statement by statement with the bookkeeping last. */
export async function apply(
  writer: Writer,
  script: Script,
  options: MigrateOptions,
  bookkeeping: (session: Session) => Promise<void>,
): Promise<void> {
  if (script.transaction) return patiently(script, options, () => inTransaction(writer, script, options, bookkeeping))
  for (const statement of script.statements) {
    await patiently(script, options, async () => {
      await clearTheWay(writer, statement, options)
      await saying(script, options, () => writer.script(statement))
    })
  }
  await bookkeeping(writer)
}

/** An index build may take hours, and waits for every transaction that was open when it began: say that it goes on. */
async function saying(
  script: Script,
  { log, sayEvery = 10_000 }: MigrateOptions,
  work: () => Promise<unknown>,
): Promise<void> {
  const since = performance.now()
  const timer = setInterval(
    () => log.info({ migration: script.file, runningMs: Math.round(performance.now() - since) }, 'still running'),
    sayEvery,
  )
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
}

async function inTransaction(
  writer: Writer,
  script: Script,
  options: MigrateOptions,
  bookkeeping: (session: Session) => Promise<void>,
): Promise<void> {
  await writer.transaction(async (session) => {
    const before = await transactionId(session)
    await saying(script, options, () => session.script(script.text))
    if ((await transactionId(session)) !== before) {
      throw new MigrationError(
        `${script.file} ended its transaction by itself, so what it did before that stays, unrecorded: take COMMIT and ROLLBACK out of the file, then run it again`,
      )
    }
    await bookkeeping(session)
  })
}

async function transactionId(session: Session): Promise<string | undefined> {
  const [row] = await session.query<{ id: string }>(sql`select pg_current_xact_id()::text as id`)
  return row?.id
}

// A lock that did not come within the file's lock_timeout, and a deadlock: both go away with time.
const TRANSIENT = new Set(['55P03', '40P01'])

/** Tries again, with pauses from 0.25 to 5 s, while other sessions hold the lock: each try blocks a writer for the file's lock_timeout at most. */
async function patiently(
  script: Script,
  { log, signal, lockPatience = 15 * 60_000 }: MigrateOptions,
  attempt: () => Promise<void>,
): Promise<void> {
  const deadline = performance.now() + lockPatience
  for (let tries = 1, wait = 250; ; tries += 1, wait = Math.min(2 * wait, 5000)) {
    signal?.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      if (code === undefined || !TRANSIENT.has(code) || performance.now() + wait > deadline) throw error
      log.info(
        { migration: script.file, tries, retryInMs: wait, givesUpInMs: Math.round(deadline - performance.now()) },
        `waiting for a lock (${message})`,
      )
      await pause(wait, undefined, signal === undefined ? {} : { signal })
    }
  }
}
