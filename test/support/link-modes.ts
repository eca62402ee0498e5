import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type pg from 'pg'
import { database } from './database.ts'
import { seeds } from './forest.ts'
import { service, type Answer, type Service } from './service.ts'

/** Where the links of a database are: in source_job_id as the writer put them, in our table alone, or in source_job_id as we put them. */
export type LinkMode = 'recorded' | 'kept' | 'mended'

/** Random forests and where their links are: each seed as it is recorded, and one of each other kind. */
export const seedsAndModes: Array<{ seed: number; mode: LinkMode }> = [
  ...seeds.map((seed) => ({ seed, mode: 'recorded' as const })),
  { seed: seeds[0] ?? 1, mode: 'kept' },
  { seed: seeds[1] ?? 2, mode: 'mended' },
]

/**
 * The service on rows whose links are in this mode, and a pool to the same rows as they were recorded. The answers come as if the links
 * were recorded, too; that they said otherwise is asserted.
 */
export async function serviceInMode(
  t: TestContext,
  mode: LinkMode,
  fill: (pool: pg.Pool) => Promise<void>,
): Promise<Service> {
  if (mode === 'recorded') {
    const shown = await service(t, { rules: { staleAfter: 900_000, linkWay: 'column' } })
    await fill(shown.pool)
    return shown
  }
  const recorded = await database(t)
  await fill(recorded.pool)
  const other = await database(t)
  await fill(other.pool)
  await (mode === 'kept' ? keepLinks : mendLinks)(other.pool)
  const linkWay = mode === 'kept' ? 'overlay' : 'labels'
  const shown = await service(t, { rules: { staleAfter: 900_000, linkWay } }, other)
  return { ...shown, pool: recorded.pool, get: async (path, headers) => asRecorded(await shown.get(path, headers)) }
}

function asRecorded<T>(answer: Answer<T>): Answer<T> {
  assert.doesNotMatch(answer.text, /ink":"recorded"/)
  const text = answer.text.replaceAll('ink":"recovered"', 'ink":"recorded"')
  return { ...answer, text, json: answer.json && (JSON.parse(text) as T) }
}

/** Moves every link from source_job_id to our table; nothing else of the rows changes, updated_at included. */
export async function keepLinks(pool: pg.Pool): Promise<void> {
  await inReplica(
    pool,
    `insert into public.observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings)
     select id, created_at, source_job_id, 'recovered', 1, '' from public.invocations where source_job_id is not null`,
    'update public.invocations set source_job_id = null where source_job_id is not null',
  )
}

/** Makes every link one that we wrote into source_job_id, just now. */
export async function mendLinks(pool: pg.Pool): Promise<void> {
  await inReplica(
    pool,
    `insert into public.observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings, updated_before, updated_after)
     select id, created_at, source_job_id, 'mended', 1, '', updated_at, now() from public.invocations where source_job_id is not null`,
    'update public.invocations set updated_at = now() where source_job_id is not null',
  )
}

async function inReplica(pool: pg.Pool, ...statements: string[]): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('set local session_replication_role = replica')
    for (const statement of statements) await client.query(statement)
    await client.query('commit')
  } finally {
    client.release()
  }
  await pool.query('vacuum analyze public.invocations, public.observability_links')
}
