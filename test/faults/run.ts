import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { loadDemo } from '../../src/demo/load.ts'
import { patience } from '../support/patience.ts'
import { startProxy } from '../support/proxy.ts'
import { prepareTemplate } from '../support/template.ts'
import { serve } from '../support/serve.ts'
import { onTeardown } from '../support/teardown.ts'
import type { Fault } from './faults.ts'
import { load, questions, type Asked } from './load.ts'
import { victim } from './postgres.ts'

const WORKERS = 8
/** Refusals of overload are not what is looked for. */
const UNLIMITED = { RATE_LIMIT: '0', MAX_DELAY: '0', MAX_HEAVY: '1000', MAX_CONCURRENT: '1000' }
/** CONNECT_TIMEOUT and STATEMENT_TIMEOUT of the service, s; a request of several statements may meet them more than once. */
const TIMEOUTS = { CONNECT_TIMEOUT: '1', STATEMENT_TIMEOUT: '2' }
const PATIENCE = patience(10_000)
/** 2 s on a quiet machine. */
const RECOVERY = patience(2000)

/** What came of one fault. */
export interface Survived {
  fault: string
  requests: number
  refused: number
  wrong: Asked[]
  /** From the database's return to the last refusal of a request that began after it, or the first right answer; ms. */
  recovery: number
  /** The longest any request took, ms. */
  longest: number
}

/** Runs the faults one after the other against a service under load; each lasts `lasts` ms, and is watched for `settle` ms after its end. */
export async function faultRun(
  t: TestContext,
  faults: Fault[],
  { lasts, settle }: { lasts: number; settle: number },
): Promise<Survived[]> {
  const postgres = await victim(t)
  await prepareTemplate(postgres.url)
  await loadDemo(postgres.url, { invocations: 500, seed: 11 })
  const asked = await questions(postgres.url)
  const proxy = await startProxy(postgres.url)
  onTeardown(t, () => proxy.close())
  const service = await serve(t, { DATABASE_URL: proxy.url(postgres.url), ...UNLIMITED, ...TIMEOUTS })
  const base = await service.ready()
  const results: Survived[] = []
  for (const fault of faults) {
    const { log, stop } = load(base, asked, WORKERS, PATIENCE)
    await pause(200)
    await fault.happen({ postgres, proxy, lasts })
    await postgres.answers()
    const back = Date.now()
    await pause(settle)
    await stop()
    results.push(survived(fault.name, log, back))
  }
  // A 500 says nothing of its cause; the log does.
  for (const line of service
    .text()
    .split('\n')
    .filter((text) => text.includes('"internal-error"'))
    .slice(0, 3))
    t.diagnostic(line)
  assert.doesNotMatch(service.text(), /unhandled|uncaught/i)
  service.kill('SIGTERM')
  assert.equal(await service.ended(), 0)
  return results
}

function survived(fault: string, log: Asked[], back: number): Survived {
  const after = log.filter(({ start }) => start >= back)
  const right = after.filter(({ came }) => came === 'right')
  const firstRight = Math.min(...right.map(({ end }) => end))
  const lastRefusal = Math.max(...after.filter(({ came }) => came !== 'right').map(({ end }) => end), 0)
  return {
    fault,
    requests: log.length,
    refused: log.filter(({ came }) => came === 'refused').length,
    wrong: log.filter(({ came }) => came === 'wrong'),
    recovery: Math.max(firstRight, lastRefusal) - back,
    longest: Math.max(...log.map(({ start, end }) => end - start)),
  }
}

/** A table for people: a line each, and what it comes to. */
export function table(results: Survived[]): string {
  const line = (...cells: Array<string | number>) =>
    cells.map((cell, at) => (at === 0 ? String(cell).padEnd(46) : String(cell).padStart(13))).join('')
  const total = (of: (result: Survived) => number) => results.reduce((sum, result) => sum + of(result), 0)
  const most = (of: (result: Survived) => number) => Math.max(...results.map(of))
  return [
    line('fault', 'requests', '503 or 504', 'wrong', 'recovery ms', 'longest ms'),
    ...results.map(({ fault, requests, refused, wrong, recovery, longest }) =>
      line(fault, requests, refused, wrong.length, recovery, longest),
    ),
    line(
      `${results.filter(isSurvived).length} of ${results.length} survived`,
      total(({ requests }) => requests),
      total(({ refused }) => refused),
      total(({ wrong }) => wrong.length),
      most(({ recovery }) => recovery),
      most(({ longest }) => longest),
    ),
  ].join('\n')
}

function isSurvived({ wrong, recovery }: Survived): boolean {
  return wrong.length === 0 && recovery <= RECOVERY
}

export function assertSurvived(results: Survived[]): void {
  for (const { fault, wrong, recovery } of results) {
    assert.deepEqual(wrong.slice(0, 3), [], fault)
    assert.ok(recovery <= RECOVERY, `${fault}: it took ${recovery} ms to recover`)
  }
}
