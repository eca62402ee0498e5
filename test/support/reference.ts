import type pg from 'pg'

/**
 * What the service should answer, in plain SQL as a person would type it at a prompt. Imports nothing of the service, so that
 * a mistake there cannot hide here. A `condition` is SQL text of the test's own, over `i` (invocation), `j` (job) and `p` (the job's invocation).
 */

const iso = (timestamp: string) => `to_char(${timestamp} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
const end = (start: string, ms: string) => iso(`(${start} + ${ms} * interval '1 millisecond')`)

/** Rounded to the microsecond: before version 14 extract() gives a double. */
const ms = (interval: string) => `round((extract(epoch from ${interval}) * 1000)::numeric, 3)::float8`

/** What crashed in an invocation `i` first: an event whose handler threw, or that was detected and whose detection threw. */
export const crash = `(
  select json_build_object('eventId', e.id, 'eventName', e.event_name::text, 'message', substring(coalesce(e.detection_error, e.handler_error) for 500))
    from event_executions e
   where e.invocation_id = i.id and e.status::text in ('handler_failed', 'detection_failed') and (e.detected or e.status::text <> 'detection_failed')
   order by e.created_at, e.id limit 1)`

/** Did an invocation `i` fail, whatever the writer says of it? */
export const failed = `(i.status::text in ('failed', 'timeout', 'timed_out') or ${crash} is not null)`

/** The newest sign of life of the invocation that a statement calls so. */
const sign = (i: string) => `
  greatest(${i}.updated_at, (select max(updated_at) from event_executions where invocation_id = ${i}.id), (select max(updated_at) from job_executions where invocation_id = ${i}.id))`
const silent = (i: string) => `${sign(i)} <= now() - interval '15 minutes'`
export const stale = `(i.status = 'running' and (i.total_duration_ms is not null or ${silent('i')}))`
/** Of a part of an invocation: a job, or an event. */
const deadWith = (part: string) => `
  not exists (select from invocations o where o.id = ${part}.invocation_id and o.status = 'running' and o.total_duration_ms is null and not ${silent('o')})`
export const staleJob = (j: string) => `(${j}.status = 'running' and (${j}.duration_ms is not null or ${deadWith(j)}))`
export const staleEvent = `(e.status in ('detecting', 'handling') and (e.handler_duration_ms is not null or ${deadWith('e')}))`

/** The latest end of the jobs of an invocation, where its jobs are read. */
const jobsEnd = `(select max(created_at + duration_ms * interval '1 millisecond') from job_executions where invocation_id = i.id)`
const counted = `i.created_at + i.total_duration_ms * interval '1 millisecond'`
/** The end of an invocation: the smaller of created_at + duration and updated_at, unless nobody updated it or one of its jobs ended after that. */
const ended = (lastJob: string) => `
  case when i.updated_at > i.created_at and i.updated_at >= coalesce(${lastJob}, i.updated_at) and i.total_duration_ms is not null
       then least(i.updated_at, ${counted}) else ${counted} end`

const invocationWith = (lastJob: string) => `
  i.id, ${iso('i.created_at')} as "createdAt", ${iso(ended(lastJob))} as "endedAt", i.total_duration_ms as "durationMs", i.status::text, ${stale} as stale,
  ${crash} is not null as crashed, ${crash} as crash,
  i.source_function::text as "sourceFunction", i.source_table::text as "sourceTable", i.source_operation::text as "sourceOperation", i.source_system::text as "sourceSystem",
  i.source_event_id as "sourceEventId", ${iso('i.source_event_time')} as "sourceEventTime", i.correlation_id::text as "correlationId", i.source_job_id as "sourceJobId",
  case when i.source_job_id is null then 'unknown' else 'recorded' end as link,
  i.events_detected_count as "eventsDetected",
  json_build_object('run', i.total_jobs_run, 'succeeded', i.total_jobs_succeeded, 'failed', i.total_jobs_failed) as jobs,
  substring(i.error_message for 500) as "errorMessage"`
const invocation = invocationWith('null::timestamptz')
/** With an end that looks at its jobs. */
const invocationAndJobs = invocationWith(jobsEnd)

/** What a counter of jobs and the rows disagree about, of what has ended or is stale; null where they agree. */
const loss = (status: string, isStale: string, counter: string, rows: string) => `
  case when (${status} not in ('running', 'detecting', 'handling') or ${isStale}) and ${counter} <> (select count(*) from job_executions where ${rows})
       then json_build_object('expectedJobs', case when ${counter} >= 0 then ${counter} end, 'recordedJobs', (select count(*) from job_executions where ${rows})) end`
const lossOfInvocation = loss('i.status::text', stale, 'i.total_jobs_run', 'invocation_id = i.id')

/** Absent where there is none. */
function withoutNone<R extends Row>(row: R): R {
  if (row['telemetryLoss'] === null) delete row['telemetryLoss']
  return row
}

type Row = Record<string, unknown>
type Named = Row & { id: string }

/** Invocations, newest first. */
export async function invocations(pool: pg.Pool, condition: string, { jobsRead = false } = {}): Promise<Named[]> {
  const { rows } = await pool.query<Named>(
    `select ${jobsRead ? `${invocationAndJobs}, ${lossOfInvocation} as "telemetryLoss"` : invocation} from invocations i where ${condition} order by i.created_at desc, i.id desc`,
  )
  return rows.map(withoutNone)
}

/** The invocations that a job triggered: the first of the three questions that people used to ask by hand. */
export async function triggeredBy(pool: pg.Pool, jobId: string): Promise<Named[]> {
  return invocations(pool, `i.source_job_id = '${jobId}'`)
}

/** Jobs, newest first. */
export async function jobs(pool: pg.Pool, condition: string): Promise<Named[]> {
  const { rows } = await pool.query<Named>(`
    select j.id, j.invocation_id as "invocationId", j.event_execution_id as "eventExecutionId", j.job_name::text as name, j.job_function_name::text as "functionName", j.status::text, ${staleJob('j')} as stale,
           j.duration_ms as "durationMs", ${iso('j.created_at')} as "startedAt", ${end('j.created_at', 'j.duration_ms')} as "endedAt", j.correlation_id::text as "correlationId",
           substring(j.error_message for 500) as "errorMessage"
      from job_executions j
     where ${condition}
     order by j.created_at desc, j.id desc`)
  return rows
}

/** The second question: job-to-job links with both functions, the job's name, status and duration; newest first. */
export async function links(pool: pg.Pool, condition: string): Promise<Row[]> {
  const { rows } = await pool.query<Row>(`
    select json_build_object('invocationId', p.id, 'sourceFunction', p.source_function::text, 'job', json_build_object(
             'id', j.id, 'name', j.job_name::text, 'status', j.status::text, 'stale', ${staleJob('j')}, 'durationMs', j.duration_ms, 'startedAt', ${iso('j.created_at')},
             'endedAt', ${end('j.created_at', 'j.duration_ms')})) as triggering,
           json_build_object('invocationId', i.id, 'sourceFunction', i.source_function::text, 'status', i.status::text, 'crashed', ${crash} is not null, 'crash', ${crash}, 'stale', ${stale}, 'durationMs', i.total_duration_ms,
             'createdAt', ${iso('i.created_at')}, 'jobs', json_build_object(
               'count', (select count(*) from job_executions t where t.invocation_id = i.id),
               'data', (select coalesce(json_agg(json_build_object('id', t.id, 'name', t.job_name::text, 'status', t.status::text, 'stale', ${staleJob('t')}) order by t.created_at, t.id), '[]')
                          from (select * from job_executions t where t.invocation_id = i.id order by t.created_at, t.id limit 10) t))) as triggered,
           ${ms(`i.created_at - j.created_at - j.duration_ms * interval '1 millisecond'`)} as "lagMs",
           i.created_at < j.created_at as "clockSkew",
           'recorded' as link,
           i.correlation_id::text as "correlationId"
      from invocations i join job_executions j on j.id = i.source_job_id join invocations p on p.id = j.invocation_id
     where ${condition}
     order by i.created_at desc, i.id desc`)
  return rows
}

/** Events, newest first. */
export async function events(pool: pg.Pool, condition: string): Promise<Named[]> {
  const { rows } = await pool.query<Named>(`
    select e.id, e.invocation_id as "invocationId", ${iso('e.created_at')} as "createdAt", e.event_name::text as name, e.correlation_id as "correlationId", e.detected,
           e.status::text, ${staleEvent} as stale, e.detection_duration_ms as "detectionDurationMs",
           e.handler_duration_ms as "handlerDurationMs", json_build_object('run', e.jobs_count, 'succeeded', e.jobs_succeeded, 'failed', e.jobs_failed) as jobs,
           substring(coalesce(e.detection_error, e.handler_error) for 500) as "errorMessage"
      from event_executions e
     where ${condition}
     order by e.created_at desc, e.id desc`)
  return rows
}

/** What the counter of an event and the rows of jobs disagree about: to be spread into the event. */
export async function lossOfEvent(pool: pg.Pool, id: string): Promise<Row> {
  const { rows } = await pool.query<Row>(
    `select ${loss('e.status::text', staleEvent, 'e.jobs_count', 'event_execution_id = e.id')} as "telemetryLoss" from event_executions e where e.id = $1`,
    [id],
  )
  return withoutNone(rows[0] ?? {})
}

/** A tree's member: its place in the tree and, as one value, all that a node shows of it, jobs and detected events included. */
export interface Member {
  id: string
  parentId: string | null
  depth: number
  node: Row & { jobs: Array<{ id: string }> }
}

/**
 * The third question: the recursive tree with depth, breadth first by (depth, created_at, id). A cycle ends where it would come back to.
 * Payloads name no jobs here, so what has no source job (only the start of a tree may have none) has none at all.
 */
export async function tree(pool: pg.Pool, start: string): Promise<Member[]> {
  const { rows } = await pool.query<Member>(`
    with recursive tree as (
      select i.id, null::uuid as parent, 0 as depth, array[i.id] as path from invocations i where i.id = '${start}'
      union all
      select i.id, t.id, t.depth + 1, t.path || i.id
        from tree t join job_executions j on j.invocation_id = t.id join invocations i on i.source_job_id = j.id
       where i.id <> all (t.path)
    )
    select t.id, t.parent as "parentId", t.depth, to_jsonb(n) as node
      from tree t
      join lateral (
           select ${invocationAndJobs.replace(/json_build_object.*as jobs/, `(${nodeJobs}) as jobs`).replace("'unknown'", "'none'")}, (${nodeEvents}) as events, ${lossOfInvocation} as "telemetryLoss"
             , t.depth > 0 and i.created_at < c.created_at as "clockSkew",
                  case when t.depth > 0 then ${ms(`i.created_at - c.created_at - c.duration_ms * interval '1 millisecond'`)} end as "lagMs"
             from invocations i left join job_executions c on c.id = i.source_job_id where i.id = t.id) n on true
      join invocations i on i.id = t.id
     order by t.depth, i.created_at, i.id`)
  for (const { node } of rows) withoutNone(node)
  return rows
}

const nodeJobs = `
  select coalesce(json_agg(json_build_object('id', j.id, 'name', j.job_name::text, 'functionName', j.job_function_name::text, 'status', j.status::text, 'stale', ${staleJob('j')}, 'durationMs', j.duration_ms,
           'startedAt', ${iso('j.created_at')}, 'endedAt', ${end('j.created_at', 'j.duration_ms')}, 'errorMessage', substring(j.error_message for 500),
           'eventExecutionId', j.event_execution_id) order by j.created_at, j.id), '[]')
    from job_executions j where j.invocation_id = i.id`

const nodeEvents = `
  select json_build_object('detected', count(*) filter (where e.detected), 'undetected', count(*) filter (where not e.detected),
           'data', coalesce(json_agg(json_build_object('id', e.id, 'name', e.event_name::text, 'status', e.status::text, 'stale', ${staleEvent}, 'createdAt', ${iso('e.created_at')},
             'detectionDurationMs', e.detection_duration_ms, 'handlerDurationMs', e.handler_duration_ms,
             'errorMessage', substring(coalesce(e.detection_error, e.handler_error) for 500)) order by e.created_at, e.id) filter (where e.detected), '[]'))
    from event_executions e where e.invocation_id = i.id`

interface Step {
  id: string
  key: string
  parent: string | null
  ancestor: Row
}

/** Where the climb from an invocation ends, and the way down from there to its parent; of a cycle, the smallest (created_at, id) is the root. */
export async function lineage(
  pool: pg.Pool,
  start: string,
): Promise<{ rootId: string; ancestors: Row[]; onCycle: boolean; rootOnCycle: boolean }> {
  const { rows } = await pool.query<Step>(`
    with recursive up as (
      select i.id, i.source_job_id, null::uuid as job, array[i.id] as path from invocations i where i.id = '${start}'
      union all
      select p.id, p.source_job_id, j.id, u.path || p.id
        from up u join job_executions j on j.id = u.source_job_id join invocations p on p.id = j.invocation_id
       where p.id <> all (u.path)
    )
    select u.id, ${iso('i.created_at')} || u.id as key, p.invocation_id as parent,
           json_build_object('invocationId', u.id, 'sourceFunction', i.source_function::text, 'jobId', u.job, 'jobName', j.job_name::text) as ancestor
      from up u join invocations i on i.id = u.id
      left join job_executions j on j.id = u.job
      left join job_executions p on p.id = u.source_job_id
     order by cardinality(u.path)`)
  const back = rows.findIndex(({ id }) => id === rows.at(-1)?.parent)
  const circle = back === -1 ? rows.slice(-1) : rows.slice(back)
  const [root] = circle.sort((a, b) => (a.key < b.key ? -1 : 1))
  if (!root) throw new Error(`no invocation ${start}`)
  return {
    rootId: root.id,
    ancestors: rows
      .slice(1, rows.indexOf(root) + 1)
      .reverse()
      .map(({ ancestor }) => ancestor),
    onCycle: back === 0,
    rootOnCycle: back !== -1,
  }
}

/** The trees of a window, newest root first, with the figures of all that is in them; `wanted` is a condition on these, such as `status = 'failed'`. */
export async function trees(pool: pg.Pool, condition: string, wanted: string): Promise<Row[]> {
  const { rows } = await pool.query<Row>(`
    with recursive tree as (
      select i.id as root, i.id from invocations i where i.source_job_id is null and ${condition}
      union all
      select t.root, i.id from tree t join job_executions j on j.invocation_id = t.id join invocations i on i.source_job_id = j.id
    ), parts as (
      select t.root, 'i' as kind, ${failed} as failed, i.status::text, ${stale} as stale, i.created_at, coalesce(${ended(jobsEnd)}, i.created_at) as ended from tree t join invocations i on i.id = t.id
      union all
      select t.root, 'j' as kind, j.status::text in ('failed', 'timeout', 'timed_out'), j.status::text, ${staleJob('j')}, j.created_at, j.created_at + coalesce(j.duration_ms, 0) * interval '1 millisecond' from tree t join job_executions j on j.invocation_id = t.id
    ), figures as (
      select root,
             case when bool_or(failed) then 'failed' when bool_or(status = 'running' and not stale) then 'running' when bool_or(stale) then 'stale' else 'completed' end as status,
             count(*) filter (where kind = 'i')::int as invocations,
             count(*) filter (where kind = 'j')::int as jobs,
             count(*) filter (where kind = 'i' and failed)::int as "failedInvocations",
             count(*) filter (where kind = 'j' and failed)::int as "failedJobs",
             count(*) filter (where status = 'running' and not stale)::int as running,
             count(*) filter (where kind = 'i' and status = 'running' and not stale)::int as "runningInvocations",
             count(*) filter (where kind = 'j' and status = 'running' and not stale)::int as "runningJobs",
             count(*) filter (where stale)::int as stale,
             min(created_at) as first,
             case when not bool_or(kind = 'i' and status = 'running') then max(ended) end as last
        from parts group by root
    )
    select (select to_jsonb(n) from (select ${invocationAndJobs} from invocations i where i.id = f.root) n) as root, f.status, true as complete, f.invocations, f.jobs,
           f."failedInvocations", f."failedJobs", f.running, f."runningInvocations", f."runningJobs", f.stale, ${iso('f.first')} as "startedAt", ${iso('f.last')} as "endedAt",
           ${ms('f.last - f.first')} as "durationMs"
      from figures f join invocations i on i.id = f.root
     where ${wanted}
     order by i.created_at desc, i.id desc`)
  return rows
}
