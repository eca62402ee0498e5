import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { database } from './support/database.ts'
import type { Listed } from './support/pages.ts'
import { serve } from './support/serve.ts'
import { until } from './support/until.ts'

const ROWS = 400
const PAGE = 25
const READERS = 6

/** A busy machine is no reason to refuse here. */
const PATIENT = { MAX_DELAY: '0', RATE_LIMIT: '0' }

async function addInvocations(pool: pg.Pool): Promise<void> {
  await pool.query(
    `insert into public.invocations (id, created_at, updated_at, source_function, source_event_payload, status, total_duration_ms)
     select gen_random_uuid(), now() - n * interval '1 ms', now(), 'on-order-created', '{}', 'completed', 100
       from generate_series(1, $1) n`,
    [ROWS],
  )
}

/** Who holds the worker's lease at this moment. */
async function holder(pool: pg.Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ holder: string }>(
    `select holder from public.observability_leases where name = 'links' and expires_at > clock_timestamp()`,
  )
  return rows[0]?.holder
}

interface Balancer {
  /** How many answers were lost. */
  lost: () => number
  get: (path: string, headers?: Record<string, string>) => Promise<Response>
}

/** Asks one process after the other, as a balancer does that leaves out those that do not answer. */
function balancer(bases: string[]): Balancer {
  let turn = 0
  let lost = 0
  return {
    lost: () => lost,
    async get(path, headers = {}) {
      for (;;) {
        const base = bases[turn++ % bases.length]
        try {
          const response = await fetch(`${base}${path}`, { headers })
          // What has begun and does not end is lost as well.
          return new Response(response.status === 304 ? null : await response.arrayBuffer(), response)
        } catch {
          lost += 1
          bases = bases.filter((each) => each !== base)
          assert.ok(bases.length > 0, 'nobody answers any more')
        }
      }
    },
  }
}

/** All pages of the list, each asked of whoever has its turn, and each asked again with its ETag of the next. */
async function ids({ get }: Balancer): Promise<string[]> {
  const found: string[] = []
  let path: string | null = `/invocations?window=1d&limit=${PAGE}`
  while (path !== null) {
    const response = await get(path)
    assert.equal(response.status, 200, await response.clone().text())
    const again = await get(path, { 'if-none-match': response.headers.get('etag') ?? '' })
    assert.equal(again.status, 304, 'an ETag of one process is understood by the others')
    const { data, page } = (await response.json()) as Listed<{ id: string }>
    found.push(...data.map(({ id }) => id))
    path = page.nextCursor && `/invocations?window=1d&limit=${PAGE}&cursor=${page.nextCursor}`
  }
  return found
}

test('three processes on one database: cursors and ETags of one are understood by the others, and when one is killed under load only what it was answering is lost', async (t) => {
  const { url, pool } = await database(t)
  await addInvocations(pool)
  const start = () => serve(t, { DATABASE_URL: url, ...PATIENT })
  const first = await start()
  const bases = [await first.ready()]
  const held = await until('the first process holds the lease', () => holder(pool))
  for (const other of await Promise.all([start(), start()])) bases.push(await other.ready())

  const asked = balancer(bases)
  let killed = false
  const reader = async (): Promise<string[]> => {
    const before = await ids(asked)
    if (!killed) first.kill('SIGKILL')
    killed = true
    const after = await ids(asked)
    assert.deepEqual(after, before)
    return after
  }
  const lists = await Promise.all(Array.from({ length: READERS }, reader))
  assert.equal(await first.ended(), 'SIGKILL')
  for (const list of lists) {
    assert.equal(list.length, ROWS)
    assert.equal(new Set(list).size, ROWS, 'no row comes twice')
  }
  assert.ok(asked.lost() >= 1, 'the killed one was asked')
  assert.ok(asked.lost() <= READERS, `${asked.lost()} answers were lost, of ${READERS} in flight`)

  // A lease is handed over within 10 s.
  const next = await until(
    'another process holds the lease',
    async () => {
      const who = await holder(pool)
      return who !== undefined && who !== held ? who : undefined
    },
    10_000,
  )
  assert.match(next, /^service on /)
})
