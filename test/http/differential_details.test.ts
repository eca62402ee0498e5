import assert from 'node:assert/strict'
import test from 'node:test'
import { forest, insertForest } from '../support/forest.ts'
import { seedsAndModes, serviceInMode } from '../support/link-modes.ts'
import { rowsOf } from '../support/pages.ts'
import * as reference from '../support/reference.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

const at = Date.parse('2026-11-22T09:00:00Z')

for (const { seed, mode } of seedsAndModes) {
  test(`an invocation and a job show what is around them, as plain SQL finds it (forest of seed ${seed}, links ${mode})`, async (t) => {
    const rows = forest(seed, 120, at)
    const shown = await serviceInMode(t, mode, (pool) => insertForest(pool, rows))
    const { get, pool } = shown
    for (const { id } of rows.invocations.filter(({ id }, nth) => nth % 7 === 0 || rows.circular.includes(id))) {
      const { jobs: counters, ...own } = only(await reference.invocations(pool, `i.id = '${id}'`, { jobsRead: true }))
      const [link] = await reference.links(pool, `i.id = '${id}'`)
      const events = (await reference.events(pool, `e.invocation_id = '${id}'`)).reverse()
      const jobs = (await reference.jobs(pool, `j.invocation_id = '${id}'`)).reverse()
      const triggered = (
        await reference.invocations(
          pool,
          `i.source_job_id in (select id from job_executions where invocation_id = '${id}')`,
        )
      ).reverse()
      const { json: shownInvocation } = await get(`/invocations/${id}`)
      assert.deepEqual(shownInvocation, {
        asOf: shownInvocation['asOf'],
        ...own,
        // Payloads name no jobs here.
        link: link === undefined ? 'none' : 'recorded',
        namedJobId: null,
        triggeredBy: link?.['triggering'] ?? null,
        redacted: ['sourceUserEmail', 'payload', 'context', 'options', 'result', 'errorStack'],
        events: {
          count: events.length,
          detected: events.filter(({ detected }) => detected).length,
          data: events.toSorted((a, b) => Number(b['detected']) - Number(a['detected'])),
          href: `/events?invocationId=${id}&detected=any&order=asc`,
        },
        jobs: { ...(counters as object), count: jobs.length, data: jobs, href: `/jobs?invocationId=${id}&order=asc` },
        triggered: { count: triggered.length, data: triggered, href: `/trees/${id}?maxDepth=1` },
      })
      assert.deepEqual(await rowsOf(shown, `/jobs?invocationId=${id}&order=asc`), jobs)
      assert.deepEqual(await rowsOf(shown, `/events?invocationId=${id}&detected=any&order=asc`), events)
    }
    for (const { id, invocation_id, event_execution_id } of rows.jobs.filter((_, nth) => nth % 11 === 0)) {
      const [own] = await reference.jobs(pool, `j.id = '${id}'`)
      const {
        id: invocationId,
        sourceFunction,
        status,
        stale,
        crashed,
        crash,
        createdAt,
      } = only(await reference.invocations(pool, `i.id = '${invocation_id}'`))
      const [event] = await reference.events(pool, `e.id = '${String(event_execution_id)}'`)
      const triggered = (await reference.triggeredBy(pool, id)).reverse()
      const jobsOfEvent = (await reference.jobs(pool, `j.event_execution_id = '${event?.id}'`)).reverse()
      const { json: shownEvent } = await get(`/events/${event?.id}`)
      assert.deepEqual(shownEvent, {
        asOf: shownEvent['asOf'],
        ...event,
        ...(await reference.lossOfEvent(pool, String(event?.id))),
        redacted: ['errorStack'],
        invocation: { id: invocationId, sourceFunction, status, stale, crashed, crash, createdAt },
        jobs: {
          ...(event?.['jobs'] as object),
          count: jobsOfEvent.length,
          data: jobsOfEvent,
          href: `/jobs?eventExecutionId=${event?.id}&order=asc`,
        },
      })
      assert.deepEqual(await rowsOf(shown, `/jobs?eventExecutionId=${event?.id}&order=asc`), jobsOfEvent)
      const { json: shownJob } = await get(`/jobs/${id}`)
      assert.deepEqual(shownJob, {
        asOf: shownJob['asOf'],
        ...own,
        redacted: ['options', 'result', 'errorStack'],
        invocation: { id: invocationId, sourceFunction, status, stale, crashed, crash, createdAt },
        event,
        triggered: { count: triggered.length, data: triggered, href: `/invocations?sourceJobId=${id}&order=asc` },
      })
    }
  })
}

function only<T>(rows: T[]): T {
  assert.equal(rows.length, 1)
  return rows[0] as T
}

interface Detail {
  events: { count: number; data: Array<{ id: string; detected: boolean }>; href: string }
  jobs: { count: number; data: Array<{ id: string }>; href: string }
  triggered: { count: number; data: Array<{ id: string }>; href: string }
}

test('of more than 100 the first are shown, all are counted, and the href leads to all', async (t) => {
  const shown = await service(t)
  const { get, pool } = shown
  const id = await addInvocation(pool)
  const event = await addEvent(pool, id)
  const job = await addJob(pool, id, { event_execution_id: event, created_at: '2026-01-01T00:00:00Z' })
  await pool.query(
    `insert into event_executions (invocation_id, event_name, detected) select $1, 'none', false from generate_series(1, 150)`,
    [id],
  )
  await pool.query(
    `insert into job_executions (invocation_id, event_execution_id, job_name) select $1, $2, 'many' from generate_series(1, 150)`,
    [id, event],
  )
  await pool.query(
    `insert into invocations (source_function, source_event_payload, source_job_id) select 'many', '{}', $1 from generate_series(1, 150)`,
    [job],
  )
  const { json } = await get<Detail>(`/invocations/${id}`)
  const jobs = (await reference.jobs(pool, 'true')).map((row) => row.id).reverse()
  const triggered = (await reference.triggeredBy(pool, job)).map((row) => row.id).reverse()
  assert.deepEqual([json.events.count, json.jobs.count, json.triggered.count], [151, 151, 150])
  assert.deepEqual([json.events.data.length, json.events.data[0]?.id], [100, event])
  assert.deepEqual(
    json.jobs.data.map((row) => row.id),
    jobs.slice(0, 100),
  )
  assert.deepEqual(
    json.triggered.data.map((row) => row.id),
    triggered.slice(0, 100),
  )
  assert.deepEqual(
    (await rowsOf<{ id: string }>(shown, json.jobs.href)).map((row) => row.id),
    jobs,
  )
  assert.equal((await rowsOf(shown, json.events.href)).length, 151)
  const { json: ofEvent } = await get<Detail>(`/events/${event}`)
  assert.deepEqual([ofEvent.jobs.count, ofEvent.jobs.data.map((row) => row.id)], [151, jobs.slice(0, 100)])
  assert.deepEqual(
    (await rowsOf<{ id: string }>(shown, ofEvent.jobs.href)).map((row) => row.id),
    jobs,
  )
  const { json: detail } = await get<Detail>(`/jobs/${job}`)
  assert.deepEqual([detail.triggered.count, detail.triggered.data.map((row) => row.id)], [150, triggered.slice(0, 100)])
  assert.deepEqual(
    (await rowsOf<{ id: string }>(shown, detail.triggered.href)).map((row) => row.id),
    triggered,
  )
})
