import assert from 'node:assert/strict'
import { test } from 'node:test'
import { examinerOf } from '../../src/workers/links/examine.ts'
import { expireLease } from '../../src/queries/recovery/lease.ts'
import { createRescan } from '../../src/workers/links/rescan.ts'
import { examining } from '../../src/workers/links/look.ts'
import { scanLinks } from '../../src/workers/links/scan.ts'
import { linkTask } from '../../src/workers/links/task.ts'
import { startWorker } from '../../src/workers/worker.ts'
import { database } from '../support/database.ts'
import { linkWriter } from '../support/links.ts'
import { memoryLog } from '../support/log.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'
import { stateOf } from '../support/writers/found.ts'

const HOUR = 3_600_000
const { signal } = new AbortController()

test('the worker looks again through all that was searched by another rule, once, and says so', async (t) => {
  const { url, pool } = await database(t)
  const job = await addJob(pool, await addInvocation(pool), { created_at: '2026-01-01T00:00:00Z' })
  const id = await addInvocation(pool, {
    source_event_payload: JSON.stringify({ __sourceJobId: job }),
    created_at: '2026-01-01T02:00:00Z',
  })
  const { writer, lease } = await linkWriter(t, url)
  const before = examinerOf({ maxAge: HOUR, paths: [] })
  const window = { from: null, to: null }
  await scanLinks({ writer, examiner: before, window, signal }, { lease, name: 'scan' })
  assert.equal((await stateOf(pool)).get(id), `ambiguous ${job}`)

  const said: string[] = []
  const rescanBy = (examiner: typeof before) =>
    createRescan(examining(examiner, false), examiner.rule, signal, (sentence) => said.push(sentence))
  await rescanBy(before)(writer, lease)
  assert.deepEqual(said, [], 'nothing was searched by another rule')
  const examiner = examinerOf({ maxAge: 3 * HOUR, paths: [] })
  await expireLease(writer, lease)
  const { log, lines } = memoryLog()
  const worker = startWorker({
    connection: { connectionString: url },
    tasks: (signal) => [linkTask({ examiner, mend: false, log }, signal)],
    log,
    refuseToWrite: async () => undefined,
  })
  onTeardown(t, () => worker.stop())
  await until('the old link is decided anew', async () => (await stateOf(pool)).get(id) === `recovered ${job}`)
  await until('the search is finished', async () => {
    const { rowCount } = await pool.query(
      `select from observability_scans where name = 'rescan' and finished_at is not null`,
    )
    return rowCount
  })
  assert.deepEqual(
    lines().flatMap(({ msg }) => (/ looked through again/.test(msg) ? [msg] : [])),
    [
      'links: the rule of links, LINK_MAX_AGE or LINK_PATHS have changed: what was looked through before is looked through again, all time',
    ],
  )
  await worker.stop()

  const again = await linkWriter(t, url)
  await rescanBy(examiner)(again.writer, again.lease)
  assert.deepEqual(said, [], 'it is done once for each rule')
  await rescanBy(before)(again.writer, again.lease)
  assert.equal(said.length, 1, 'and again for the first one')
  assert.equal((await stateOf(pool)).get(id), `ambiguous ${job}`)
})

test('what the worker alone has looked through is looked through again from a day before it began', async (t) => {
  const { url, pool } = await database(t)
  const { writer, lease } = await linkWriter(t, url)
  const { rule } = examinerOf({ maxAge: HOUR, paths: [] })
  await pool.query(
    `insert into observability_scans (name, rule_version, rule_settings, started_at) values ('worker', 1, 'other', '2026-03-02T00:00:00Z')`,
  )
  const windows: unknown[] = []
  const rescan = createRescan(
    async (_writer, _lease, window, after) => {
      windows.push([window.from, after])
      return {
        rows: 6000,
        end:
          after === null ? { createdAt: '2026-03-01 12:00:00+00', id: 'b0000000-0000-4000-8000-000000000001' } : null,
      }
    },
    rule,
    signal,
    () => undefined,
  )
  await rescan(writer, lease)
  await rescan(writer, lease)
  assert.deepEqual(windows, [
    ['2026-03-01 00:00:00+00', null],
    ['2026-03-01 00:00:00+00', { createdAt: '2026-03-01 12:00:00+00', id: 'b0000000-0000-4000-8000-000000000001' }],
  ])
})
