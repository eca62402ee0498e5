import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import type pg from 'pg'
import { forest, insertForest, instantOf } from '../support/forest.ts'
import { seedsAndModes, serviceInMode } from '../support/link-modes.ts'
import { rowsOf } from '../support/pages.ts'
import * as reference from '../support/reference.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service, type Service } from '../support/service.ts'

const at = Date.parse('2026-11-22T09:00:00Z')
const from = instantOf(at * 1000 + 10_000_001)
const to = instantOf(at * 1000 + 45_000_000)
const window = `from=${from}&to=${to}`
const limits = [7, 50, 2, 1000, 1] as const

type Case = [query: string, condition: string, ofTree?: string]

/** A list under each of its filters against the reference, in both orders, the page size changing from one to the next. */
async function compare(
  service: Service,
  list: string,
  cases: Case[],
  rows: (condition: string, ofTree: string) => Promise<object[]>,
): Promise<void> {
  for (const [nth, [query, condition, ofTree = 'true']] of cases.entries()) {
    const expected = await rows(condition, ofTree)
    const limit = limits[nth % limits.length]
    assert.deepEqual(
      await rowsOf(service, `${list}?${query}&limit=${limit}`),
      expected,
      `${list}?${query}&limit=${limit}`,
    )
    assert.deepEqual(
      await rowsOf(service, `${list}?${query}&order=asc&limit=${limit}`),
      expected.toReversed(),
      `${list}?${query}&order=asc&limit=${limit}`,
    )
  }
}

const inWindow = (row: 'i' | 'j' | 'e') => `${row}.created_at >= '${from}' and ${row}.created_at < '${to}'`

const invocationCases: Case[] = [
  [window, inWindow('i')],
  ['correlationId=bestellung-%C3%9F', `i.correlation_id = 'bestellung-ß'`],
  [
    'correlationId=order-1041&correlationId=ORDER-1041&status=failed',
    `i.correlation_id in ('order-1041', 'ORDER-1041') and i.status = 'failed'`,
  ],
  [`correlationId=order-1041&from=${from}`, `i.correlation_id = 'order-1041' and i.created_at >= '${from}'`],
  [`correlationId=order-1041&to=${to}`, `i.correlation_id = 'order-1041' and i.created_at < '${to}'`],
  ['sourceEventId=0F8FAD5B-D9CB-469F-A165-708677289511', `i.source_event_id = '0f8fad5b-d9cb-469f-a165-708677289511'`],
  [`${window}&status=failed`, `${inWindow('i')} and i.status = 'failed'`],
  [`${window}&status=failed&status=running`, `${inWindow('i')} and i.status in ('failed', 'running')`],
  [`${window}&outcome=failed`, `${inWindow('i')} and ${reference.failed}`],
  [`${window}&outcome=crashed`, `${inWindow('i')} and ${reference.crash} is not null`],
  [`${window}&outcome=completed`, `${inWindow('i')} and i.status = 'completed' and ${reference.crash} is null`],
  [`${window}&outcome=stale`, `${inWindow('i')} and ${reference.stale} and ${reference.crash} is null`],
  [
    `${window}&outcome=completed&outcome=crashed&root=false`,
    `${inWindow('i')} and i.source_job_id is not null and (i.status = 'completed' or ${reference.crash} is not null)`,
  ],
  [`${window}&sourceFunction=On-Order-Created`, `${inWindow('i')} and i.source_function = 'On-Order-Created'`],
  [
    `${window}&sourceFunction=a+b%2Bc%26d%3De%25&sourceFunction=line%0Abreak`,
    `${inWindow('i')} and i.source_function in ('a b+c&d=e%', E'line\\nbreak')`,
  ],
  [`${window}&sourceTable=public.orders`, `${inWindow('i')} and i.source_table = 'public.orders'`],
  [
    `${window}&sourceOperation=MANUAL&sourceOperation=INSERT`,
    `${inWindow('i')} and i.source_operation in ('MANUAL', 'INSERT')`,
  ],
  [`${window}&sourceSystem=Shop`, `${inWindow('i')} and i.source_system = 'Shop'`],
  [`${window}&root=true`, `${inWindow('i')} and i.source_job_id is null`],
  [`${window}&root=false`, `${inWindow('i')} and i.source_job_id is not null`],
  [
    `${window}&root=false&status=completed&sourceTable=public.payments`,
    `${inWindow('i')} and i.source_job_id is not null and i.status = 'completed' and i.source_table = 'public.payments'`,
  ],
  [`${window}&sourceFunction=nobody`, 'false'],
  ['stale=true', reference.stale],
  [
    `${window}&stale=true&sourceFunction=on-order-created`,
    `${inWindow('i')} and ${reference.stale} and i.source_function = 'on-order-created'`,
  ],
  [`${window}&stale=false`, `${inWindow('i')} and not ${reference.stale}`],
  ['olderThan=1h', `i.status = 'running' and i.created_at <= now() - interval '1 hour'`],
  [
    'olderThan=1h&stale=false',
    `i.status = 'running' and i.created_at <= now() - interval '1 hour' and not ${reference.stale}`,
  ],
  ['olderThan=999w', 'false'],
]

const chainCases: Case[] = [
  [window, inWindow('i')],
  [`${window}&triggeringJob=Capture-Payment`, `${inWindow('i')} and j.job_name = 'Capture-Payment'`],
  [
    `${window}&triggeringJob=x,y&triggeringJob=%E9%80%81%E3%82%8B`,
    `${inWindow('i')} and j.job_name in ('x,y', '送る')`,
  ],
  [`${window}&triggeringFunction=zahlung-pr%C3%BCfen`, `${inWindow('i')} and p.source_function = 'zahlung-prüfen'`],
  [`${window}&triggeredFunction=on-order-created`, `${inWindow('i')} and i.source_function = 'on-order-created'`],
  [`${window}&jobStatus=failed&jobStatus=running`, `${inWindow('i')} and j.status in ('failed', 'running')`],
  [`${window}&status=failed`, `${inWindow('i')} and i.status = 'failed'`],
  ['correlationId=shared%20by%20several%20trees', `i.correlation_id = 'shared by several trees'`],
  [
    `correlationId=order-1041&correlationId=ORDER-1041&from=${from}`,
    `i.correlation_id in ('order-1041', 'ORDER-1041') and i.created_at >= '${from}'`,
  ],
  [
    `${window}&correlationId=shared%20by%20several%20trees`,
    `${inWindow('i')} and i.correlation_id = 'shared by several trees'`,
  ],
  [
    `${window}&triggeringFunction=o%27brien%3B%20drop&jobStatus=completed&status=completed&status=running`,
    `${inWindow('i')} and p.source_function = 'o''brien; drop' and j.status = 'completed' and i.status in ('completed', 'running')`,
  ],
]

const jobCases: Case[] = [
  [window, inWindow('j')],
  [`${window}&name=capture-payment`, `${inWindow('j')} and j.job_name = 'capture-payment'`],
  [
    `${window}&name=send%20mail%3F&name=x,y&status=failed`,
    `${inWindow('j')} and j.job_name in ('send mail?', 'x,y') and j.status = 'failed'`,
  ],
  [`${window}&status=running&status=failed`, `${inWindow('j')} and j.status in ('running', 'failed')`],
  [`${window}&functionName=capture-payment`, `${inWindow('j')} and j.job_function_name = 'capture-payment'`],
  [
    `${window}&triggeringFunction=on-order-created&triggeringFunction=line%0Abreak`,
    `${inWindow('j')} and exists (select from invocations i where i.id = j.invocation_id and i.source_function in ('on-order-created', 'line\nbreak'))`,
  ],
  ['correlationId=order-1041', `j.correlation_id = 'order-1041'`],
  [
    `${window}&minDuration=900ms&name=capture-payment`,
    `${inWindow('j')} and j.duration_ms >= 900 and j.job_name = 'capture-payment'`,
  ],
  [`${window}&minDuration=100ms&status=failed`, `${inWindow('j')} and j.duration_ms >= 100 and j.status = 'failed'`],
  ['stale=true', reference.staleJob('j')],
  [`${window}&stale=false`, `${inWindow('j')} and not ${reference.staleJob('j')}`],
  [
    'olderThan=1h&stale=true&name=capture-payment',
    `j.created_at <= now() - interval '1 hour' and ${reference.staleJob('j')} and j.job_name = 'capture-payment'`,
  ],
]

const eventCases: Case[] = [
  [window, `${inWindow('e')} and e.detected`],
  [`${window}&detected=true&name=order-placed`, `${inWindow('e')} and e.detected and e.event_name = 'order-placed'`],
  [`${window}&detected=any&name=order-placed`, `${inWindow('e')} and e.event_name = 'order-placed'`],
  [
    `${window}&detected=false&name=order-placed`,
    `${inWindow('e')} and not e.detected and e.event_name = 'order-placed'`,
  ],
  [
    `${window}&status=completed&status=handler_failed`,
    `${inWindow('e')} and e.detected and e.status in ('completed', 'handler_failed')`,
  ],
  [`${window}&name=nobody`, 'false'],
]

/** All events of the invocation that has most, in each way. */
async function eventsOfOneCases(pool: pg.Pool): Promise<Case[]> {
  const { rows } = await pool.query<{ id: string }>(
    'select invocation_id as id from event_executions group by 1 order by count(*) desc, 1 limit 1',
  )
  const of = `invocationId=${rows[0]?.id.toUpperCase()}`
  const ofOne = `e.invocation_id = '${rows[0]?.id}'`
  return [
    [of, `${ofOne} and e.detected`],
    [`${of}&detected=any`, ofOne],
    [`${of}&detected=false`, `${ofOne} and not e.detected`],
    [`${of}&detected=any&to=${to}`, `${ofOne} and e.created_at < '${to}'`],
  ]
}

const treeCases: Case[] = [
  [window, inWindow('i')],
  [`${window}&rootFunction=on-order-created`, `${inWindow('i')} and i.source_function = 'on-order-created'`],
  [
    `${window}&rootFunction=on-order-created&rootFunction=zahlung-pr%C3%BCfen`,
    `${inWindow('i')} and i.source_function in ('on-order-created', 'zahlung-prüfen')`,
  ],
  ['correlationId=order-1041', `i.correlation_id = 'order-1041'`],
  [
    `${window}&correlationId=order-1041&status=failed`,
    `${inWindow('i')} and i.correlation_id = 'order-1041'`,
    `f.status = 'failed'`,
  ],
  [`${window}&status=failed`, inWindow('i'), `f.status = 'failed'`],
  [`${window}&status=running`, inWindow('i'), `f.status = 'running'`],
  [`${window}&status=completed`, inWindow('i'), `f.status = 'completed'`],
  [`${window}&status=stale`, inWindow('i'), `f.status = 'stale'`],
  [`${window}&status=completed&status=running`, inWindow('i'), `f.status in ('completed', 'running')`],
]

/** What the two jobs triggered that triggered most, together and alone. */
async function triggeredCases(pool: pg.Pool): Promise<Case[]> {
  const { rows } = await pool.query<{ id: string }>(
    'select source_job_id as id from invocations where source_job_id is not null group by 1 order by count(*) desc, 1 limit 2',
  )
  const [one, two] = rows.map(({ id }) => id)
  return [
    [`sourceJobId=${one}`, `i.source_job_id = '${one}'`],
    [`sourceJobId=${two?.toUpperCase()}&status=completed`, `i.source_job_id = '${two}' and i.status = 'completed'`],
    [`sourceJobId=${one}&sourceJobId=${two}`, `i.source_job_id in ('${one}', '${two}')`],
    [`sourceJobId=${one}&from=${from}`, `i.source_job_id = '${one}' and i.created_at >= '${from}'`],
    [`sourceJobId=${one}&to=${to}`, `i.source_job_id = '${one}' and i.created_at < '${to}'`],
    [`sourceJobId=${one}&root=true`, 'false'],
    ['sourceJobId=00000000-0000-4000-8000-000000000000', 'false'],
  ]
}

for (const { seed, mode } of seedsAndModes) {
  test(`lists answer what plain SQL answers (forest of seed ${seed}, links ${mode})`, async (t) => {
    const rows = forest(seed, 220, at)
    // At the very edges: `from` is within, `to` is not.
    const edges = [from, to].map((created_at) => ({
      ids: { parent: randomUUID(), event: randomUUID(), job: randomUUID(), child: randomUUID() },
      times: { created_at, updated_at: created_at },
    }))
    const shown = await serviceInMode(t, mode, async (pool) => {
      await insertForest(pool, rows)
      for (const { ids, times } of edges) {
        await addInvocation(pool, { id: ids.parent, ...times })
        await addEvent(pool, ids.parent, { id: ids.event, ...times })
        await addJob(pool, ids.parent, { id: ids.job, event_execution_id: ids.event, ...times })
        await addInvocation(pool, { id: ids.child, ...times, source_job_id: ids.job })
      }
    })
    const { pool } = shown
    await compare(shown, '/invocations', [...invocationCases, ...(await triggeredCases(pool))], (condition) =>
      reference.invocations(pool, condition),
    )
    await compare(shown, '/chains', chainCases, (condition) => reference.links(pool, condition))
    await compare(shown, '/jobs', jobCases, (condition) => reference.jobs(pool, condition))
    await compare(shown, '/events', [...eventCases, ...(await eventsOfOneCases(pool))], (condition) =>
      reference.events(pool, condition),
    )
    await compare(shown, '/trees', treeCases, (condition, ofTree) => reference.trees(pool, condition, ofTree))
  })
}

test('many who ask at once what jobs triggered get each what they asked for', async (t) => {
  const { get, pool } = await service(t)
  const rows = forest(3, 400, at)
  await insertForest(pool, rows)
  const jobs = [
    ...new Set(rows.invocations.flatMap(({ source_job_id }) => source_job_id ?? [])),
    ...rows.jobs.slice(0, 20).map(({ id }) => id),
  ]
  const expected = await reference.invocations(pool, 'i.source_job_id is not null')
  const asks = jobs.flatMap((id, nth) => [
    { id, order: 'desc', limit: 1 + (nth % 3) },
    { id, order: 'asc', limit: 50 },
  ])
  const answers = await Promise.all(
    asks.map(({ id, order, limit }) =>
      get<{ data: object[] }>(`/invocations?sourceJobId=${id}&order=${order}&limit=${limit}`),
    ),
  )
  for (const [nth, { id, order, limit }] of asks.entries()) {
    const triggered = expected.filter(({ sourceJobId }) => sourceJobId === id)
    assert.deepEqual(answers[nth]?.json.data, (order === 'asc' ? triggered.toReversed() : triggered).slice(0, limit))
  }
})
