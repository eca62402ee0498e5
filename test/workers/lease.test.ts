import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import type { Writer } from '../../src/db/db.ts'
import { sql } from '../../src/db/sql.ts'
import { openWriter } from '../../src/db/writer.ts'
import { expireLease, leaseHolder } from '../../src/queries/recovery/lease.ts'
import { checkLease, LeaseLost, LINKS, LINKS_NEXT, takeLease } from '../../src/workers/lease.ts'
import { inTurn } from '../../src/workers/links/turn.ts'
import { database, type TestDatabase } from '../support/database.ts'
import { loader } from '../support/loader.ts'
import { patience } from '../support/patience.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

async function session(t: TestContext, { url }: TestDatabase): Promise<Writer> {
  const writer = await openWriter({ connection: { connectionString: url }, name: 'test', statementTimeout: 2000 })
  onTeardown(t, () => writer.end())
  return writer
}

/** Makes a lease end now, as if its holder had not renewed it for long. */
async function expire({ pool }: TestDatabase): Promise<void> {
  await pool.query(`update public.observability_leases set expires_at = clock_timestamp()`)
}

test('one holder at a time; whoever takes it next gets a higher token, and the first one writes nothing any more', async (t) => {
  const made = await database(t)
  const [one, two] = [await session(t, made), await session(t, made)]
  const first = await takeLease(one, LINKS, 'first')
  assert.ok(first)
  assert.equal(await takeLease(two, LINKS, 'second'), undefined)
  assert.equal((await leaseHolder(two, LINKS))?.holder, 'first')
  await one.transaction((own) => checkLease(own, first))

  await expire(made)
  const writing = (): Promise<unknown> =>
    one.transaction(async (own) => {
      await checkLease(own, first)
      await own.query(sql`delete from public.observability_scans`)
    })
  await assert.rejects(writing, LeaseLost, 'it has expired, though nobody has taken it yet')
  const second = await takeLease(two, LINKS, 'second')
  assert.ok(second && BigInt(second.token) > BigInt(first.token))
  await assert.rejects(writing, LeaseLost)
  await expireLease(one, first)
  assert.equal((await leaseHolder(two, LINKS))?.holder, 'second', 'what is not held any more cannot be given back')
  await expireLease(two, second)
  assert.equal(await leaseHolder(two, LINKS), undefined)
  assert.ok(await takeLease(one, LINKS, 'first'))
})

test('nobody takes a lease while a batch of its holder is under way, also if it has expired meanwhile', async (t) => {
  const made = await database(t)
  const [one, two] = [await session(t, made), await session(t, made)]
  const first = await takeLease(one, LINKS, 'first')
  assert.ok(first)
  await one.transaction(async (own) => {
    await checkLease(own, first)
    await own.query(sql`update public.observability_leases set expires_at = clock_timestamp()`)
    assert.equal(await takeLease(two, LINKS, 'second'), undefined)
  })
  assert.ok(await takeLease(two, LINKS, 'second'))
})

test('of many that want it at once one gets it', async (t) => {
  const made = await database(t)
  const writers = await Promise.all(Array.from({ length: 8 }, () => session(t, made)))
  for (let round = 0; round < 3; round += 1) {
    const taken = await Promise.all(writers.map((writer, at) => takeLease(writer, LINKS, `holder ${at}`)))
    assert.equal(taken.filter((lease) => lease !== undefined).length, 1)
    await expire(made)
  }
})

test('a command says whom it waits for, and comes before a worker that wants to go on', async (t) => {
  const made = await database(t)
  const [worker, command] = [await session(t, made), await session(t, made)]
  const held = await takeLease(worker, LINKS, 'service on host-1 (process 1)')
  assert.ok(held)
  const said: string[] = []
  const { signal } = new AbortController()
  const turn = inTurn(command, { what: 'links mend', signal, say: (line) => said.push(line) }, async () => {
    assert.equal(await leaseHolder(worker, LINKS_NEXT), undefined, 'another command may wait now')
    return (await leaseHolder(worker, LINKS))?.holder
  })
  await until('it waits', () => said.length > 0)
  assert.match((await leaseHolder(worker, LINKS_NEXT))?.holder ?? '', /^links mend on \S+ \(process \d+\)$/)
  await expireLease(worker, held)
  assert.match((await turn) ?? '', /^links mend on /)
  assert.deepEqual(said, [
    'service on host-1 (process 1) writes links at this moment, or waits to do so: waiting for it',
  ])
  assert.equal(await leaseHolder(worker, LINKS), undefined, 'it is given back')
})

test('a command that is stopped while it waits leaves no lease behind', async (t) => {
  const made = await database(t)
  const [worker, command] = [await session(t, made), await session(t, made)]
  assert.ok(await takeLease(worker, LINKS, 'service'))
  const stopping = new AbortController()
  const say = () => stopping.abort(new Error('stopped by SIGINT'))
  await assert.rejects(
    inTurn(command, { what: 'links undo', signal: stopping.signal, say }, () => assert.fail('it has no turn')),
    /stopped by SIGINT/,
  )
  assert.equal(await leaseHolder(worker, LINKS_NEXT), undefined)
})

test('when its holder is killed a lease is handed over within 10 s', async (t) => {
  const made = await database(t)
  const child = spawn(process.execPath, ['--import', loader, join(import.meta.dirname, 'lease-process.ts'), made.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTeardown(t, () => child.kill('SIGKILL'))
  await once(createInterface(child.stdout), 'line')
  child.kill('SIGKILL')
  await once(child, 'exit')
  const since = performance.now()
  const heir = await session(t, made)
  const turn = { what: 'links scan', signal: AbortSignal.timeout(patience(10_000)), say: () => undefined }
  await inTurn(heir, turn, async () => t.diagnostic(`handed over after ${Math.round(performance.now() - since)} ms`))
})
