import { ids, pages, same, type Asking } from './asking.ts'
import { linkedJobs } from './rows/lists.ts'
import { idOf } from './special-trees.ts'

export async function checkInvocations({ client, get }: Asking): Promise<number> {
  const jobs = [...(await linkedJobs(client, 50)), idOf('wide', 'job 0', 0)]
  let compared = 0
  for (const job of jobs) {
    const path = `/invocations?sourceJobId=${job}&limit=1000`
    compared += same(
      path,
      await pages<{ id: string }>(get, path, 20, ({ id }) => id),
      await ids(client, 'select id from invocations i where source_job_id = $1 order by created_at desc, id desc', [
        job,
      ]),
    )
  }
  return compared
}

export async function checkWindow({ client, data: { from, to }, get }: Asking): Promise<number> {
  const path = `/invocations?status=failed&from=${from}&to=${to}&limit=1000`
  const wanted = await ids(
    client,
    `select id from invocations where status = 'failed' and created_at >= $1 and created_at < $2 order by created_at desc, id desc limit 5000`,
    [from, to],
  )
  return same(path, await pages<{ id: string }>(get, path, 5, ({ id }) => id), wanted)
}

/** The first 20,000 links of the day. */
export async function checkChains({ client, data: { from, to }, get }: Asking): Promise<number> {
  const path = `/chains?from=${from}&to=${to}&limit=1000`
  const wanted = await ids(
    client,
    `
    select p.id || ' ' || j.id || ' ' || i.id as id
      from invocations i join job_executions j on j.id = i.source_job_id join invocations p on p.id = j.invocation_id
     where i.created_at >= $1 and i.created_at < $2
     order by i.created_at desc, i.id desc
     limit 20000`,
    [from, to],
  )
  interface Link {
    triggering: { invocationId: string; job: { id: string } }
    triggered: { invocationId: string }
  }
  return same(
    path,
    await pages<Link>(
      get,
      path,
      20,
      ({ triggering, triggered }) => `${triggering.invocationId} ${triggering.job.id} ${triggered.invocationId}`,
    ),
    wanted,
  )
}

/** The first 200 trees of the day, with their counts. */
export async function checkTrees({ client, data: { from, to }, get }: Asking): Promise<number> {
  const path = `/trees?from=${from}&to=${to}&limit=200`
  const wanted = await ids(
    client,
    `
    select r.id || ' ' || t.invocations || ' ' || t.jobs as id
      from (select id, created_at from invocations where source_job_id is null and created_at >= $1 and created_at < $2 order by created_at desc, id desc limit 200) r,
           lateral (
             with recursive tree as (
               select r.id
               union all
               select i.id from tree t join job_executions j on j.invocation_id = t.id join invocations i on i.source_job_id = j.id)
             select count(distinct t.id) as invocations, count(j.id) as jobs from tree t left join job_executions j on j.invocation_id = t.id) t
     order by r.created_at desc, r.id desc`,
    [from, to],
  )
  interface Tree {
    root: { id: string }
    invocations: number
    jobs: number
  }
  return same(
    path,
    await pages<Tree>(get, path, 1, ({ root, invocations, jobs }) => `${root.id} ${invocations} ${jobs}`),
    wanted,
  )
}

export async function checkDetails({ client, get }: Asking): Promise<number> {
  const [job] = await linkedJobs(client, 1)
  const [invocation] = await ids(client, 'select invocation_id as id from job_executions where id = $1', [job])
  const wanted = await ids(client, 'select id from job_executions where invocation_id = $1 order by created_at, id', [
    invocation,
  ])
  const one = await get<{ id: string; jobs: { data: Array<{ id: string }> } }>(`/invocations/${invocation}`)
  const own = await get<{ id: string }>(`/jobs/${job}`)
  const compared =
    same(
      `/invocations/${invocation}`,
      one.jobs.data.map(({ id }) => id),
      wanted,
    ) + same(`/jobs/${job}`, [own.id, one.id], [job ?? '', invocation ?? ''])
  const path = `/jobs?invocationId=${invocation}&order=asc`
  return compared + same(path, await pages<{ id: string }>(get, path, 1, ({ id }) => id), wanted)
}
