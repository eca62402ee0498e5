import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { scopes } from '../../src/access/scopes.ts'
import { asking } from '../fuzz/ask.ts'
import { operations, queryOf, type Operation } from '../fuzz/document.ts'
import { judging, showsSomething } from '../fuzz/judge.ts'
import { everyOwnValue, everyWrongValue, requests, smallestPage, type FuzzRequest } from '../fuzz/requests.ts'
import { rowsOf } from '../fuzz/rows.ts'
import { forest, insertForest } from '../support/forest.ts'
import { apiKeys, bearer } from '../support/keys.ts'
import { patience } from '../support/patience.ts'
import { counter } from '../support/rollups.ts'
import { generous, service } from '../support/service.ts'
import { sumAll } from '../support/summaries.ts'
import { onTeardown } from '../support/teardown.ts'

/** FUZZ_SEED repeats a run that failed; FUZZ_REQUESTS asks for more of them. */
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
const least = Number(process.env['FUZZ_REQUESTS'] ?? 5000)
const TIMEOUT = patience(10_000)

/** Recorded links were mended; of the other invocations a state each, and a job that is not there. */
const KEPT = `
  insert into observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings)
  select id, created_at, coalesce(source_job_id, gen_random_uuid()),
         case when source_job_id is null then (array['recovered', 'undone', 'ambiguous', 'pending', 'severed'])[1 + row_number() over (order by id) % 5] else 'mended' end, 1, ''
    from invocations`

/** Five records, each changed by events that caused several invocations. */
const RECORDS = `
  update invocations i
     set source_table = 'public.orders',
         source_event_payload = jsonb_build_object('event', jsonb_build_object('data', jsonb_build_object('new', jsonb_build_object('id', 'order:' || n.nth % 5))))
    from (select id, row_number() over (order by id) as nth from invocations order by id limit 20) n
   where n.id = i.id`

/** Trees are sorted, and found by what is in them, if they are summed up. */
const rules = { staleAfter: 900_000, linkWay: 'overlay', summaries: true } as const

/** What they tell depends on days before the window, and may rightly be nothing. */
const mayShowNothing = new Set(['listMissing'])

interface Tally {
  asked: number
  shown: number
  slowest: number
  right: Set<string>
}

test(
  `every operation keeps its promises under right, wrong and odd requests (FUZZ_SEED=${seed})`,
  { timeout: patience(300_000) },
  async (t) => {
    const {
      keys,
      shown: [sees = '', reads = ''],
    } = apiKeys({ name: 'all', scopes: [...scopes] }, { name: 'reads', scopes: ['read'] })
    const it = await service(t, {
      limits: { ...generous, request: TIMEOUT },
      rules,
      credentials: { keys, keysFile: undefined, tokens: undefined },
    })
    await insertForest(it.pool, forest(seed, 200, Date.now() - 3_600_000))
    await it.pool.query(KEPT)
    await it.pool.query(RECORDS)
    await sumAll(await counter(t, it.url), rules)
    const rows = await rowsOf(it, bearer(sees))
    // Before the window, for what is learnt from days before: no request asks for these rows.
    await insertForest(it.pool, forest(seed + 1, 100, Date.now() - 3 * 86_400_000))
    // As autovacuum would: without statistics a request for /shapes was seen to take more than its 2 s on a busy machine.
    await it.pool.query('analyze')
    const { ask, end } = asking(await it.listen(), bearer(sees))
    onTeardown(t, end)
    const judge = judging(it.app, TIMEOUT)

    async function tried(operation: Operation, asked: FuzzRequest, tally: Tally): Promise<void> {
      const answer = await ask(asked)
      judge(operation, asked, answer)
      if (asked.kind === 'right') tally.asked += 1
      tally.slowest = Math.max(tally.slowest, answer.ms)
      if (answer.status === 200) for (const name of asked.parameters) tally.right.add(name)
      if (asked.kind !== 'right' || !showsSomething(answer)) return
      tally.shown += 1
      const cursor = !asked.target.includes('cursor=') ? nextCursor(answer.body) : undefined
      if (cursor !== undefined)
        await tried(
          operation,
          {
            ...asked,
            target: `${asked.target}${asked.target.includes('?') ? '&' : '?'}cursor=${cursor}`,
            parameters: ['cursor'],
          },
          tally,
        )
    }

    const all = operations().map((operation) => ({
      operation,
      examples: [
        ...everyOwnValue(operation, rows[operation.id] ?? []),
        ...smallestPage(operation, rows[operation.id]?.[0]),
        ...everyWrongValue(operation, rows[operation.id]?.[0] ?? {}),
      ].map((asked): [FuzzRequest] => [asked]),
    }))
    const random = Math.ceil((least - all.flatMap(({ examples }) => examples).length) / all.length)
    for (const { operation, examples } of all) {
      const tally: Tally = { asked: 0, shown: 0, slowest: 0, right: new Set() }
      const shown = rows[operation.id] ?? []
      await fc.assert(
        fc.asyncProperty(requests(operation, shown, reads), (asked) => tried(operation, asked, tally)),
        { seed, numRuns: examples.length + random, examples, endOnFailure: true },
      )
      t.diagnostic(
        `${operation.id}: ${tally.asked} right requests, ${tally.shown} answered with something, the slowest in ${Math.round(tally.slowest)} ms`,
      )
      if (!mayShowNothing.has(operation.id))
        assert.equal(tally.shown, tally.asked, `${operation.id}: a right request was answered with nothing`)
      assert.deepEqual(
        queryOf(operation)
          .map(({ name }) => name)
          // Of a filter that is null in each of the rows nothing says what is right: it depends on the window of the request.
          .filter((name) => !tally.right.has(name) && !shown.every((row) => row[name] === null)),
        [],
        `parameters of ${operation.id} that were never right: the rows of test/fuzz/rows.ts say what is right, and their column at where the window lies`,
      )
    }
  },
)

function nextCursor(body: string): string | undefined {
  return /"nextCursor":"([^"]+)"/.exec(body)?.[1]
}
