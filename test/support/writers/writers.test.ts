import assert from 'node:assert/strict'
import { test } from 'node:test'
import { database } from '../database.ts'
import { seeds } from '../forest.ts'
import { writersForest, type WritersForest } from './forest.ts'
import { insertWriters } from './insert.ts'
import type { InvocationRow, Rows, Transport } from './rows.ts'
import { countDeliveries, studied } from './scenarios.ts'
import type { Place } from './truth.ts'
import { flushes } from './upserts.ts'
import { bounds } from './world.ts'

const now = Date.parse('2026-11-27T12:00:00Z')
const transports: Transport[] = ['sql', 'graphql', 'eventkit', 'eventkit-late-jobs']

test('the study: 22 scenarios, 54 deliveries, 31 true links', () => {
  const counts = studied.map(countDeliveries)
  const sum = (of: 'deliveries' | 'links') => counts.reduce((total, each) => total + each[of], 0)
  assert.deepEqual([studied.length, sum('deliveries'), sum('links')], [22, 54, 31])
})

test('the same seed gives the same rows, another one others', () => {
  const forest = (seed: number) => writersForest({ seed, deliveries: 70, transports, now })
  assert.deepEqual(forest(1), forest(1))
  assert.notDeepEqual(forest(1).rows, forest(2).rows)
})

for (const seed of seeds) {
  test(`seed ${seed}: each transport loses the links that it lost in the study, and leaves as many dead rows`, () => {
    const of = (transport: Transport) => count(writersForest({ seed, deliveries: 54, transports: [transport], now }))
    const sql = of('sql')
    assert.deepEqual(sql.links, { root: 23, named: 28, severed: 1, untraced: 2 })
    const late = of('eventkit-late-jobs')
    assert.deepEqual([late.links['recorded'], late.places], [undefined, ['x-hasura-tracking-token']])
    const early = of('eventkit')
    assert.deepEqual(early.links, { root: 23, recorded: 29, severed: 1, untraced: 1 })
    const graphql = of('graphql')
    assert.ok(
      (graphql.links['recorded'] ?? 0) >= 15 && (graphql.links['named'] ?? 0) >= 1,
      JSON.stringify(graphql.links),
    )
    for (const { dead, detectionFailed } of [sql, graphql]) {
      assert.deepEqual(dead, { invocations: 6, events: 4, jobs: 3 })
      assert.deepEqual(detectionFailed, { innocent: 9, all: 12 })
    }
    assert.deepEqual(early.dead, { invocations: 4, events: 3, jobs: 2 })
  })

  for (const widenedChecks of [false, true]) {
    const forest = writersForest({ seed, deliveries: 140, transports, widenedChecks, now })
    const { rows, truth } = forest
    const name = `seed ${seed}, CHECKs ${widenedChecks ? 'widened' : 'as they were'}`

    test(`${name}: every row has its truth, links lead up to a root, and a recorded one is true or believed a stale token`, () => {
      const jobs = new Map(rows.jobs.map((job) => [job.id, job]))
      for (const row of rows.invocations) {
        const { parentJob, link, stale, dead, end } = truthOf(forest, row.id)
        assert.equal(link === 'root', parentJob === null)
        assert.ok(parentJob === null || truth.jobs.has(parentJob))
        assert.equal(jobs.has(parentJob ?? ''), !['root', 'severed', 'deleted', 'pending'].includes(link), link)
        if (row.source_job_id !== null) assert.equal(row.source_job_id, link === 'recorded' ? parentJob : stale?.jobId)
        if (link === 'recorded') assert.equal(row.source_job_id, parentJob)
        if (dead !== null && dead !== 'was seeded')
          assert.deepEqual([row.status, row.total_duration_ms], ['running', null])
        if (row.status === 'running') assert.ok(dead !== null || end === null, 'what runs is dead, or goes on')
        const seen = new Set([row.id])
        for (
          let job = jobs.get(parentJob ?? '');
          job;
          job = jobs.get(truthOf(forest, job.invocation_id).parentJob ?? '')
        ) {
          assert.ok(!seen.has(job.invocation_id))
          seen.add(job.invocation_id)
        }
      }
      for (const { id, status } of rows.jobs)
        assert.ok(status !== 'running' || truth.jobs.get(id)?.dead !== null || truth.jobs.get(id)?.end === null)
      for (const { id } of rows.events) assert.ok(truth.events.has(id))
    })

    test(`${name}: a payload names a job where the truth says, and nowhere else`, () => {
      for (const row of rows.invocations) {
        const { parentJob, stale, places } = truthOf(forest, row.id)
        const named = namedIn(row)
        assert.deepEqual([...named.keys()].sort(), [...places].sort())
        for (const id of named.values()) assert.equal(id, stale?.jobId ?? parentJob)
      }
    })

    test(`${name}: times are as the study measured them`, () => {
      const jobs = new Map(rows.jobs.map((job) => [job.id, job]))
      for (const row of rows.invocations) {
        const { parentJob, stale, end, dead, coldStartMs, clockSkewMs, touchedByDeletion } = truthOf(forest, row.id)
        assert.ok(Math.abs(clockSkewMs) <= bounds.clockSkewMs)
        const started = Date.parse(jobs.get(parentJob ?? '')?.created_at ?? row.source_event_time ?? '')
        const after = Date.parse(row.source_event_time ?? '') - started
        assert.ok(
          after >= -bounds.clockSkewMs && after <= 4450 + bounds.clockSkewMs,
          `an event ${after} ms after its job's start`,
        )
        if (stale !== null)
          assert.ok(
            Date.parse(row.source_event_time ?? '') - Date.parse(jobs.get(stale.jobId)?.created_at ?? '') >=
              stale.afterMs - bounds.clockSkewMs,
          )
        if (end === null) assert.ok(Date.parse(row.created_at) <= now + bounds.clockSkewMs)
        else assert.ok(Date.parse(end) < now)
        if (end === null || row.total_duration_ms === null || dead === 'was seeded' || touchedByDeletion) continue
        const late = Date.parse(row.created_at) + row.total_duration_ms - Date.parse(end)
        assert.equal(
          late,
          coldStartMs + clockSkewMs,
          'created_at + duration is late by what the cold start took, in the clock of the host',
        )
        const stamped = Date.parse(row.updated_at) - Date.parse(end)
        assert.ok(
          stamped <= Math.max(clockSkewMs, bounds.writeLatencyMs) || row.updated_at === row.created_at,
          `updated_at is ${stamped} ms after the end`,
        )
      }
    })

    test(`${name}: a database takes the rows as they are, and every link in it leads to a job`, async (t) => {
      const { pool } = await database(t)
      await insertWriters(pool, forest)
      const {
        rows: [found],
      } = await pool.query(
        `
        select (select count(*)::int from invocations) as invocations, (select count(*)::int from event_executions) as events, (select count(*)::int from job_executions) as jobs,
               (select count(*)::int from invocations i where source_job_id is not null and not exists (select from job_executions j where j.id = i.source_job_id)) as strays,
               (select max(updated_at) < $1 from invocations) as "untouched"`,
        [new Date(now + 1000)],
      )
      assert.deepEqual(found, {
        invocations: rows.invocations.length,
        events: rows.events.length,
        jobs: rows.jobs.length,
        strays: 0,
        untouched: true,
      })
    })
  }
}

test('without a foreign key links to jobs that are not there stay recorded', () => {
  const { rows, truth } = writersForest({
    seed: 1,
    deliveries: 70,
    transports: ['eventkit'],
    withoutForeignKey: true,
    now,
  })
  const gone = rows.invocations.filter(({ id }) =>
    ['severed', 'deleted'].includes(truth.invocations.get(id)?.link ?? ''),
  )
  assert.deepEqual(
    gone.map(({ id, source_job_id }) => truth.invocations.get(id)?.parentJob === source_job_id),
    [true, true, true],
  )
})

test('a crash is told in the words of its writer', () => {
  const forest = writersForest({ seed: 3, deliveries: 54, transports: ['sql', 'eventkit'], now })
  for (const [id, { crash, transport }] of forest.truth.invocations) {
    const event = forest.rows.events.find((each) => each.id === crash?.eventId)
    const invocation = forest.rows.invocations.find((each) => each.id === id)
    if (crash === null || event === undefined) continue
    const text = event.handler_error ?? event.detection_error
    assert.equal(text !== null, crash.recorded)
    if (!crash.recorded) assert.equal(event.status, 'not_detected')
    else if (transport === 'eventkit')
      assert.deepEqual(
        [event.status, invocation?.status, invocation?.error_message],
        ['failed', 'failed', crash.message],
      )
    else
      assert.match(
        event.detection_error ?? event.handler_error ?? '',
        new RegExp(`^${crash.message.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\n    at handler \\(/var/`),
      )
  }
})

test('large payloads have 2 to 10 KB', () => {
  const { rows } = writersForest({ seed: 1, deliveries: 54, transports: ['sql'], large: true, now })
  for (const { source_event_payload } of rows.invocations) {
    const size = JSON.stringify(source_event_payload).length
    assert.ok(size >= 2000 && size <= 10_240, `${size} characters`)
  }
})

test('the rows can be written by their writers, a call at a time', async (t) => {
  const { pool } = await database(t)
  const client = await pool.connect()
  for (const transport of transports) {
    const { rows } = writersForest({ seed: 4, deliveries: 70, transports: [transport], now })
    for (const call of callsOf(rows)) await flushes[transport](client, call)
    const { rows: links } = await client.query<{ id: string; source_job_id: string }>(
      'select id, source_job_id from invocations where source_job_id is not null and id = any ($1) order by id',
      [rows.invocations.map(({ id }) => id)],
    )
    const recorded = rows.invocations
      .filter(({ source_job_id }) => source_job_id !== null)
      .map(({ id, source_job_id }) => ({ id, source_job_id }))
    assert.deepEqual(
      links,
      recorded.sort((a, b) => (a.id < b.id ? -1 : 1)),
    )
  }
  client.release()
})

/** What one call flushes at its end; parents come before what they trigger. */
function callsOf({ invocations, events, jobs }: Rows): Rows[] {
  const of = <R extends { invocation_id: string }>(all: R[], id: string): R[] =>
    all.filter(({ invocation_id }) => invocation_id === id)
  return invocations.map((invocation) => ({
    invocations: [invocation],
    events: of(events, invocation.id),
    jobs: of(jobs, invocation.id),
  }))
}

function truthOf({ truth }: WritersForest, id: string) {
  const found = truth.invocations.get(id)
  assert.ok(found)
  return found
}

/** Where a payload names a job, and which: read with nothing of the generator. */
function namedIn({ source_event_payload }: InvocationRow): Map<Place, string> {
  const payload = source_event_payload as Record<'__sourceJobId', string | undefined> & {
    event: { session_variables: Record<string, string>; data: { new: Record<string, string> | null } }
  }
  const found: Array<[Place, string | undefined]> = [
    ['__sourceJobId', payload['__sourceJobId']],
    ['updated_by', payload.event.data.new?.['updated_by']?.split('|')[2]],
    ['updatedby', payload.event.data.new?.['updatedby']?.split('|')[2]],
    ['x-hasura-tracking-token', payload.event.session_variables['x-hasura-tracking-token']?.split('|')[2]],
  ]
  return new Map(found.filter((each): each is [Place, string] => /^[0-9a-f-]{36}$/.test(each[1] ?? '')))
}

/** How many rows of which kind a forest has. */
function count({ rows, truth }: WritersForest) {
  const links: Record<string, number> = {}
  for (const { id } of rows.invocations) {
    const { link = '' } = truth.invocations.get(id) ?? {}
    links[link] = (links[link] ?? 0) + 1
  }
  const dead = (kind: 'invocations' | 'events' | 'jobs') =>
    rows[kind].filter(({ id }) => (truth[kind].get(id)?.dead ?? null) !== null).length
  const failed = rows.events.filter(({ status }) => status === 'detection_failed')
  return {
    links,
    places: [...new Set([...truth.invocations.values()].flatMap(({ places }) => places))],
    dead: { invocations: dead('invocations'), events: dead('events'), jobs: dead('jobs') },
    detectionFailed: {
      innocent: failed.filter(({ id }) => truth.events.get(id)?.crash === 'of another').length,
      all: failed.length,
    },
  }
}
