import type pg from 'pg'
import type { DataSet } from './data.ts'
import { linkedJobs } from './rows/lists.ts'
import type { Service } from './service.ts'
import { idOf, shapes, type ShapeName } from './special-trees.ts'

interface Asking {
  client: pg.Client
  data: DataSet
  /** The answer's body, read as JSON, or line by line where it is NDJSON. */
  get: <T>(path: string) => Promise<T>
}

/** Compares the answers of every endpoint with plain SQL, before anything is timed. Throws at the first that differs. */
export async function checkAnswers(service: Service, data: DataSet, client: pg.Client): Promise<string> {
  const began = performance.now()
  const asking: Asking = { client, data, get: (path) => ask(service.port, path) }
  const checks = Object.keys(shapes).map((shape) => () => checkTree(asking, shape as ShapeName))
  let compared = 0
  for (const check of [checkInvocations, checkWindow, checkChains, checkTrees, checkDetails, ...checks]) compared += await check(asking)
  return `the answers are those of plain SQL: ${compared.toLocaleString('en')} rows compared in ${((performance.now() - began) / 1000).toFixed(0)} s`
}

async function ask<T>(port: number, path: string): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${text.slice(0, 300)}`)
  const whole: unknown = path.includes('format=ndjson') ? text.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown) : JSON.parse(text)
  return whole as T
}

interface List<T> {
  data: T[]
  page: { nextCursor: string | null }
}

async function checkInvocations({ client, get }: Asking): Promise<number> {
  const jobs = [...(await linkedJobs(client, 50)), idOf('wide', 'job 0', 0)]
  let compared = 0
  for (const job of jobs) {
    const path = `/invocations?sourceJobId=${job}&limit=1000`
    compared += same(path, await pages<{ id: string }>(get, path, 20, ({ id }) => id), await ids(client, 'select id from invocations i where source_job_id = $1 order by created_at desc, id desc', [job]))
  }
  return compared
}

async function checkWindow({ client, data: { from, to }, get }: Asking): Promise<number> {
  const path = `/invocations?status=failed&from=${from}&to=${to}&limit=1000`
  const wanted = await ids(client, `select id from invocations where status = 'failed' and created_at >= $1 and created_at < $2 order by created_at desc, id desc limit 5000`, [from, to])
  return same(path, await pages<{ id: string }>(get, path, 5, ({ id }) => id), wanted)
}

/** The first 20,000 links of the day. */
async function checkChains({ client, data: { from, to }, get }: Asking): Promise<number> {
  const path = `/chains?from=${from}&to=${to}&limit=1000`
  const wanted = await ids(client, `
    select p.id || ' ' || j.id || ' ' || i.id as id
      from invocations i join job_executions j on j.id = i.source_job_id join invocations p on p.id = j.invocation_id
     where i.created_at >= $1 and i.created_at < $2
     order by i.created_at desc, i.id desc
     limit 20000`, [from, to])
  interface Link { triggering: { invocationId: string; job: { id: string } }; triggered: { invocationId: string } }
  return same(path, await pages<Link>(get, path, 20, ({ triggering, triggered }) => `${triggering.invocationId} ${triggering.job.id} ${triggered.invocationId}`), wanted)
}

/** The first 200 trees of the day, with their counts. */
async function checkTrees({ client, data: { from, to }, get }: Asking): Promise<number> {
  const path = `/trees?from=${from}&to=${to}&limit=200`
  const wanted = await ids(client, `
    select r.id || ' ' || t.invocations || ' ' || t.jobs as id
      from (select id, created_at from invocations where source_job_id is null and created_at >= $1 and created_at < $2 order by created_at desc, id desc limit 200) r,
           lateral (
             with recursive tree as (
               select r.id
               union all
               select i.id from tree t join job_executions j on j.invocation_id = t.id join invocations i on i.source_job_id = j.id)
             select count(distinct t.id) as invocations, count(j.id) as jobs from tree t left join job_executions j on j.invocation_id = t.id) t
     order by r.created_at desc, r.id desc`, [from, to])
  interface Tree { root: { id: string }; invocations: number; jobs: number }
  return same(path, await pages<Tree>(get, path, 1, ({ root, invocations, jobs }) => `${root.id} ${invocations} ${jobs}`), wanted)
}

async function checkDetails({ client, get }: Asking): Promise<number> {
  const [job] = await linkedJobs(client, 1)
  const [invocation] = await ids(client, 'select invocation_id as id from job_executions where id = $1', [job])
  const wanted = await ids(client, 'select id from job_executions where invocation_id = $1 order by created_at, id', [invocation])
  const one = await get<{ id: string; jobs: { data: Array<{ id: string }> } }>(`/invocations/${invocation}`)
  const own = await get<{ id: string }>(`/jobs/${job}`)
  const compared = same(`/invocations/${invocation}`, one.jobs.data.map(({ id }) => id), wanted) + same(`/jobs/${job}`, [own.id, one.id], [job ?? '', invocation ?? ''])
  const path = `/jobs?invocationId=${invocation}&order=asc`
  return compared + same(path, await pages<{ id: string }>(get, path, 1, ({ id }) => id), wanted)
}

/** Every node with its parent and depth, in whatever order. */
async function checkTree({ client, get }: Asking, shape: ShapeName): Promise<number> {
  const root = idOf(shape, 'invocation', 0)
  const path = `/trees/${root}?format=ndjson&maxDepth=100000&maxNodes=1000000`
  const wanted = await ids(client, `
    with recursive tree as (
      select i.id, null::uuid as parent, 0 as depth from invocations i where i.id = $1
      union all
      select i.id, t.id, t.depth + 1 from tree t join job_executions j on j.invocation_id = t.id join invocations i on i.source_job_id = j.id)
    select id || ' ' || coalesce(parent::text, 'null') || ' ' || depth as id from tree`, [root])
  const read = await get<Array<{ type: string; id: string; parentId: string | null; depth: number }>>(path)
  if (wanted.length !== shapes[shape].nodes) throw new Error(`${shape} has ${wanted.length} nodes instead of ${shapes[shape].nodes}: load the data anew with --reload`)
  if (read.at(-1)?.type !== 'end') throw new Error(`GET ${path} did not end with its last line`)
  const nodes = read.filter(({ type }) => type === 'node').map(({ id, parentId, depth }) => `${id} ${parentId} ${depth}`)
  return same(path, nodes.sort(), wanted.sort())
}

async function pages<T>(get: Asking['get'], path: string, most: number, id: (item: T) => string): Promise<string[]> {
  const found: string[] = []
  let cursor = ''
  for (let page = 0; page < most; page++) {
    const answer = await get<List<T>>(`${path}${cursor}`)
    found.push(...answer.data.map(id))
    if (answer.page.nextCursor === null) break
    cursor = `&cursor=${answer.page.nextCursor}`
  }
  return found
}

async function ids(client: pg.Client, statement: string, values: unknown[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(statement, values)
  return rows.map(({ id }) => id)
}

function same(path: string, got: string[], wanted: string[]): number {
  const differs = wanted.findIndex((id, place) => got[place] !== id)
  if (got.length === wanted.length && differs < 0) return wanted.length
  throw new Error(`GET ${path} gave ${got.length} rows, plain SQL ${wanted.length}; they first differ at ${differs}: ${got[differs]} instead of ${wanted[differs]}`)
}
