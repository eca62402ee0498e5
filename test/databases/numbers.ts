import assert from 'node:assert/strict'
import type pg from 'pg'
import { rowsOf } from '../support/pages.ts'
import type { Service } from '../support/service.ts'
import { flat, type NestedTree } from '../support/trees.ts'

/** A number of a column as Postgres writes it. */
type Text = string | null | undefined

/** JSON has neither NaN nor infinity, nor a zero with a sign. */
const number = (text: Text): number | null =>
  typeof text === 'string' && Number.isFinite(Number(text)) ? Number(text) + 0 : null
const counter = (text: Text): number | null => (Number.isSafeInteger(number(text)) ? number(text) : null)

/** Asks every list, detail and tree: all are answered, as openapi.json has it, and with the numbers of the rows. */
export async function numbersAgree(service: Pick<Service, 'get'>, pool: pg.Pool): Promise<void> {
  const invocations = await numbersOf(
    pool,
    'invocations',
    'total_duration_ms events_detected_count total_jobs_run total_jobs_succeeded total_jobs_failed',
  )
  const jobs = await numbersOf(pool, 'job_executions', 'duration_ms')
  const events = await numbersOf(
    pool,
    'event_executions',
    'jobs_count jobs_succeeded jobs_failed detection_duration_ms',
  )
  for (const each of await rowsOf(service, '/invocations?window=99999w&limit=50')) {
    const { ms, detected, ...counters } = ofInvocation(invocations, each)
    assert.deepEqual([each['durationMs'], each['eventsDetected'], each['jobs']], [ms, detected, counters])
  }
  for (const each of await rowsOf(service, '/jobs?window=99999w&limit=50'))
    assert.equal(each['durationMs'], number(row(jobs, each)['duration_ms']))
  await rowsOf(service, '/chains?window=99999w&limit=50')
  const roots = await rowsOf(service, '/trees?window=99999w&limit=50')
  assert.ok(roots.length > 2)
  for (const { root } of roots) await treeAgrees(service, (root as { id: string }).id, invocations)
  const [first] = [...invocations.keys()]
  const { status, json } = await service.get<{ events: { data: Array<Record<string, unknown>> } }>(
    `/invocations/${first}`,
  )
  assert.equal(status, 200)
  for (const each of json.events.data) {
    const { jobs_count, jobs_succeeded, jobs_failed, detection_duration_ms } = row(events, each)
    assert.deepEqual(each['jobs'], {
      run: counter(jobs_count),
      succeeded: counter(jobs_succeeded),
      failed: counter(jobs_failed),
    })
    assert.equal(each['detectionDurationMs'], number(detection_duration_ms))
  }
}

async function treeAgrees(
  { get }: Pick<Service, 'get'>,
  id: string,
  invocations: Map<string, Record<string, Text>>,
): Promise<void> {
  const { status, json } = await get<NestedTree>(`/trees/${id}?include=events`)
  assert.equal(status, 200)
  for (const node of flat(json.tree)) {
    const { ms, detected } = ofInvocation(invocations, node)
    assert.deepEqual([node['durationMs'], node['eventsDetected']], [ms, detected])
  }
  for (const format of ['text', 'ndjson']) assert.equal((await get(`/trees/${id}?format=${format}`)).status, 200)
}

function ofInvocation(rows: Map<string, Record<string, Text>>, of: object) {
  const { total_duration_ms, events_detected_count, total_jobs_run, total_jobs_succeeded, total_jobs_failed } = row(
    rows,
    of,
  )
  return {
    ms: number(total_duration_ms),
    detected: counter(events_detected_count),
    run: counter(total_jobs_run),
    succeeded: counter(total_jobs_succeeded),
    failed: counter(total_jobs_failed),
  }
}

function row(rows: Map<string, Record<string, Text>>, of: object): Record<string, Text> {
  return rows.get((of as { id: string }).id) ?? assert.fail('a row that is not in the database')
}

async function numbersOf(pool: pg.Pool, table: string, columns: string): Promise<Map<string, Record<string, Text>>> {
  const texts = columns.split(' ').map((name) => `${name}::text`)
  const { rows } = await pool.query<Record<string, Text>>(`select id, ${texts.join(', ')} from ${table}`)
  return new Map(rows.map((each) => [String(each['id']), each]))
}
