import type pg from 'pg'
import { ask, ids, same, type Asking } from './asking.ts'
import { checkChains, checkDetails, checkInvocations, checkTrees, checkWindow } from './check-lists.ts'
import type { DataSet } from './data.ts'
import type { Service } from './service.ts'
import { idOf, shapes, type ShapeName } from './special-trees.ts'

/** Compares the answers of every endpoint with plain SQL, before anything is timed. Throws at the first that differs. */
export async function checkAnswers(service: Service, data: DataSet, client: pg.Client): Promise<string> {
  const began = performance.now()
  const asking: Asking = { client, data, get: (path) => ask(service.port, path) }
  const checks = Object.keys(shapes).map((shape) => () => checkTree(asking, shape as ShapeName))
  let compared = 0
  for (const check of [checkInvocations, checkWindow, checkChains, checkTrees, checkDetails, checkRest, ...checks])
    compared += await check(asking)
  return `the answers are those of plain SQL: ${compared.toLocaleString('en')} rows compared in ${((performance.now() - began) / 1000).toFixed(0)} s`
}

/** Every node with its parent and depth, in whatever order. */
async function checkTree({ client, get }: Asking, shape: ShapeName): Promise<number> {
  const root = idOf(shape, 'invocation', 0)
  const path = `/trees/${root}?format=ndjson&maxDepth=100000&maxNodes=1000000`
  const wanted = await ids(
    client,
    `
    with recursive tree as (
      select i.id, null::uuid as parent, 0 as depth from invocations i where i.id = $1
      union all
      select i.id, t.id, t.depth + 1 from tree t join job_executions j on j.invocation_id = t.id join invocations i on i.source_job_id = j.id)
    select id || ' ' || coalesce(parent::text, 'null') || ' ' || depth as id from tree`,
    [root],
  )
  const read = await get<Array<{ type: string; id: string; parentId: string | null; depth: number }>>(path)
  if (wanted.length !== shapes[shape].nodes)
    throw new Error(
      `${shape} has ${wanted.length} nodes instead of ${shapes[shape].nodes}: load the data anew with --reload`,
    )
  if (read.at(-1)?.type !== 'end') throw new Error(`GET ${path} did not end with its last line`)
  const nodes = read
    .filter(({ type }) => type === 'node')
    .map(({ id, parentId, depth }) => `${id} ${parentId} ${depth}`)
  const compared = same(path, nodes.sort(), wanted.sort())
  return wanted.length > 10_000 || shape.startsWith('chain')
    ? compared
    : compared + (await checkForms(get, root, nodes))
}

interface Branch {
  id: string
  parentId: string | null
  depth: number
  jobs: Array<{ triggered: Branch[] }>
}

/** The nested and the text form hold the same nodes. */
async function checkForms(get: Asking['get'], root: string, nodes: string[]): Promise<number> {
  const { tree } = await get<{ tree: Branch }>(`/trees/${root}`)
  const members = [tree]
  for (const { jobs } of members) for (const { triggered } of jobs) members.push(...triggered)
  const drawn = (await get<string[]>(`/trees/${root}?format=text`)).flatMap((line) => /[0-9a-f-]{36}$/.exec(line) ?? [])
  return (
    same(`/trees/${root}`, members.map(({ id, parentId, depth }) => `${id} ${parentId} ${depth}`).sort(), nodes) +
    same(
      `/trees/${root}?format=text`,
      drawn.sort(),
      nodes.map((node) => node.slice(0, 36)),
    )
  )
}

/** What has no rows to compare: it answers. */
async function checkRest({ get }: Asking): Promise<number> {
  for (const path of ['/', '/health/live', '/health/ready', '/openapi.json']) await get(path)
  return 0
}
