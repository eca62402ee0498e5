import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { forest, insertForest } from '../support/forest.ts'
import { counter, recount } from '../support/rollups.ts'
import { service } from '../support/service.ts'

const HOUR = 3_600_000
/** Rows reach over 25 hours, of which 24 are a day in UTC. */
const begin = Math.floor(Date.now() / (24 * HOUR)) * 24 * HOUR - 25 * HOUR
const iso = (ms: number): string => new Date(ms).toISOString()

/** Windows that begin and end within hours and at them, that lie in one, and that begin before the first row. */
const windows = [
  [0.3, 24.7],
  [1, 25],
  [12.2, 12.9],
  [-20, 15.5],
].map(ofHours)

/** What normally follows is learnt from the hours before the window. */
const laterWindows = [
  [12.2, 24.7],
  [13, 25],
].map(ofHours)

function ofHours([from = 0, to = 0]: number[]): string {
  return `from=${iso(begin + from * HOUR)}&to=${iso(begin + to * HOUR)}`
}

const paths = [
  '/dependencies?level=both',
  '/dependencies?level=job',
  '/dependencies?level=function&compareTo=previous',
  '/jobs/stats?bucket=1h&compareTo=previous',
  '/functions/stats?bucket=1d&timeZone=Europe/Berlin',
  '/events/stats?bucket=1d',
  '/jobs/stats?bucket=1d&timeZone=Asia/Kolkata',
  '/failures?new=true',
  '/failures?sort=-trees',
  '/names?sort=name',
  '/names?text=no-such-name',
  '/jobs/stats?name=capture-paymen',
  '/totals?compareTo=previous&bucket=1h',
  '/totals?bucket=1d&timeZone=Europe/Berlin',
  '/missing?support=3&confidence=0.3',
]

/** Figures tell of rollups in their page, totals in their window. */
interface Answer {
  data: Array<{ followed?: number; late?: number }> | object
  page?: { rollups: object | null }
  window?: { rollups: object | null }
}

/** Numbers of these names are percentiles. */
const estimated = new Set(['p50', 'p95', 'p99', 'lagP99Ms'])
/** When something was read or counted. */
const moments = new Set(['asOf', 'lookedAt', 'rollups'])

/** The same but for percentiles, which may be off by 1 %, and for the order of what percentiles sort. */
function assertAlike(kept: unknown, plain: unknown, where: string): void {
  if (typeof kept !== 'object' || kept === null || typeof plain !== 'object' || plain === null) {
    if (typeof kept === 'number' && typeof plain === 'number' && estimated.has(where.split('.').at(-1) ?? ''))
      assert.ok(
        Math.abs(kept - plain) <= Math.abs(plain) * 0.010_001 + 0.001,
        `${where}: ${kept} is not about ${plain}`,
      )
    else assert.equal(kept, plain, where)
    return
  }
  assert.deepEqual(Object.keys(kept), Object.keys(plain), where)
  for (const [key, value] of Object.entries(kept))
    if (!moments.has(key)) assertAlike(value, (plain as Record<string, unknown>)[key], `${where}.${key}`)
}

/** Spreads rows that begin within a minute over 25 hours, and keeps half of the links beside them. */
async function spread(pool: pg.Pool): Promise<void> {
  for (const table of ['invocations', 'event_executions', 'job_executions'])
    await pool.query(`update ${table} set created_at = $1::timestamptz + (created_at - $1::timestamptz) * 1500`, [
      iso(begin),
    ])
  await pool.query(`
    insert into observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings)
    select id, created_at, source_job_id, 'recovered', 1, 'test' from invocations where source_job_id is not null and abs(hashtext(id::text)) % 2 = 0`)
  await pool.query(
    'update invocations set source_job_id = null where id in (select invocation_id from observability_links)',
  )
}

/** Lags of these rows are hours, of which 1 % is much longer than the minute of grace: what is late by one of both ways may be in time by the other. */
function judgedTogether(data: Answer['data']): Answer['data'] {
  if (!Array.isArray(data)) return data
  return data.map(({ followed, late, ...rest }) =>
    late === undefined ? rest : { ...rest, led: late + (followed ?? 0) },
  )
}

/** What writers and people do to rows, a little of each. */
const edits = [
  `update job_executions set status = 'failed', error_message = 'refused', duration_ms = 77 where abs(hashtext(id::text)) % 17 = 0`,
  `update invocations set source_job_id = null where abs(hashtext(id::text)) % 13 = 0`,
  `update observability_links set state = 'undone' where abs(hashtext(invocation_id::text)) % 7 = 0`,
  `update invocations set source_job_id = (select id from job_executions order by id limit 1) where abs(hashtext(id::text)) % 19 = 0`,
  `delete from invocations where abs(hashtext(id::text)) % 11 = 0`,
  `update event_executions set status = 'handler_failed', detected = true, handler_error = 'boom' where abs(hashtext(id::text)) % 23 = 0`,
  `insert into job_executions (id, invocation_id, event_execution_id, created_at, job_name, status, duration_ms)
   select gen_random_uuid(), invocation_id, event_execution_id, created_at + interval '59 minutes', job_name, 'completed', 1 from job_executions where abs(hashtext(id::text)) % 29 = 0`,
]

test('what is made of counted hours is what is counted from rows, also after edits, late rows, other links and deletions', async (t) => {
  const rules = { staleAfter: 900_000, linkWay: 'overlay' } as const
  const plain = await service(t, { rules })
  const kept = await service(t, { rules: { ...rules, rollups: true } }, plain)
  await insertForest(plain.pool, forest(3, 300, begin))
  await spread(plain.pool)
  const counting = await counter(t, plain.url)
  await plain.pool.query('analyze')
  const compare = async (when: string, first: number): Promise<void> => {
    for (const [nth, path] of paths.entries()) {
      const own = path.startsWith('/missing') ? laterWindows : windows
      for (const window of [nth + first, nth + first + 1].map((place) => own[place % own.length])) {
        const query = `${path}&${window}${path.startsWith('/totals') ? '' : '&limit=100'}`
        const [ours, theirs] = [await kept.get<Answer>(query), await plain.get<Answer>(query)]
        assert.deepEqual([ours.status, theirs.status], [200, 200], query)
        for (const { json } of [ours, theirs]) json.data = judgedTogether(json.data)
        assertAlike(ours.json, theirs.json, `${when} ${query}`)
        const { rollups } = ours.json.page ?? ours.json.window ?? { rollups: undefined }
        assert.equal(rollups !== null, window !== windows[2], query)
        if (own === laterWindows) assert.ok(Object.keys(ours.json.data).length > 1, query)
      }
    }
  }
  assert.ok((await recount(counting, 'overlay')) >= 25)
  await compare('at first', 0)
  for (const edit of edits) await plain.pool.query(edit)
  await recount(counting, 'overlay')
  await compare('after edits', 2)
})
