import type pg from 'pg'
import type { Service } from '../support/service.ts'

/** What a request can ask for so that this row is in the answer: values by the name of their parameter; `at` is the row's place in time. */
export type Row = Record<string, string | null>

const statements: Record<string, string> = {
  listInvocations: `
    select source_job_id as "sourceJobId", correlation_id as "correlationId", source_event_id as "sourceEventId", status,
           source_function as "sourceFunction", source_table as "sourceTable", source_operation as "sourceOperation",
           source_system as "sourceSystem", (source_job_id is null)::text as root, to_jsonb(created_at) #>> '{}' as at,
           case when status = 'failed' or exists (select from event_executions e where e.invocation_id = i.id and (e.status = 'handler_failed' or e.status = 'detection_failed' and e.detected))
                then 'failed' when status = 'completed' then status end as outcome,
           case when status <> 'running' then 'false' end as stale, case when status = 'running' then '1m' end as "olderThan"
      from invocations i
     order by id`,
  listJobs: `
    select invocation_id as "invocationId", event_execution_id as "eventExecutionId", job_name as name, status, job_function_name as "functionName",
           (select i.source_function from invocations i where i.id = j.invocation_id) as "triggeringFunction", correlation_id as "correlationId",
           to_jsonb(created_at) #>> '{}' as at, case when duration_ms > 0 then duration_ms || 'ms' end as "minDuration",
           case when status <> 'running' then 'false' end as stale, case when status = 'running' then '1m' end as "olderThan"
      from job_executions j
     order by id`,
  listChains: `
    select j.job_name as "triggeringJob", p.source_function as "triggeringFunction", i.source_function as "triggeredFunction",
           j.status as "jobStatus", i.status, i.correlation_id as "correlationId", to_jsonb(i.created_at) #>> '{}' as at
      from invocations i
      join job_executions j on j.id = i.source_job_id
      join invocations p on p.id = j.invocation_id
     order by i.id`,
  listEvents: `
    select invocation_id as "invocationId", event_name as name, status, detected::text as detected, to_jsonb(created_at) #>> '{}' as at,
           case when status not in ('detecting', 'handling') then 'false' end as stale,
           case when status in ('detecting', 'handling') then '1m' end as "olderThan"
      from event_executions
     where detected
     order by id`,
  listFailures: `
    select 'job' as kind, job_name as name, null as text, null as new, to_jsonb(created_at) #>> '{}' as at
      from job_executions
     where status = 'failed'
     order by id`,
  listNames: `
    select 'function' as kind, source_function as text, to_jsonb(created_at) #>> '{}' as at from invocations order by id`,
  listMissing: `
    select job_name as name, to_jsonb(created_at) #>> '{}' as at from job_executions order by id`,
  listCriticalPaths: `
    select source_function as "rootFunction", null as shape, null as "fromFunction", null as "toFunction", to_jsonb(created_at) #>> '{}' as at
      from invocations
     where source_job_id is null and status <> 'running'
       and not exists (select from job_executions j join invocations c on c.source_job_id = j.id where j.invocation_id = invocations.id)
     order by id`,
  listShapes: `
    select source_function as "rootFunction", to_jsonb(created_at) #>> '{}' as at
      from invocations
     where source_job_id is null and status <> 'running'
       and not exists (select from job_executions j join invocations c on c.source_job_id = j.id where j.invocation_id = invocations.id)
     order by id`,
  getTotals: `
    select 'UTC' as "timeZone", null as bucket, to_jsonb(created_at) #>> '{}' as at from invocations order by id`,
  getJobStats: `
    select job_name as name, 'UTC' as "timeZone", null as bucket, to_jsonb(created_at) #>> '{}' as at from job_executions order by id`,
  getFunctionStats: `
    select source_function as name, 'Europe/Berlin' as "timeZone", null as bucket, to_jsonb(created_at) #>> '{}' as at from invocations order by id`,
  getEventStats: `
    select e.event_name as name, 'UTC' as "timeZone", null as bucket, to_jsonb(i.created_at) #>> '{}' as at
      from event_executions e
      join invocations i on i.id = e.invocation_id
     order by e.id`,
  getDependencies: `
    select 'both' as level, j.job_name as around, null as hops, null as change, to_jsonb(i.created_at) #>> '{}' as at
      from invocations i
      join job_executions j on j.id = i.source_job_id
     order by i.id`,
  listLinks: `select state, to_jsonb(created_at) #>> '{}' as at from observability_links order by invocation_id`,
  search: `select id as q, 'id' as "in" from invocations order by id`,
  getRecord: `
    select distinct source_table as table, source_event_payload #>> '{event,data,new,id}' as "recordId"
      from invocations
     where source_event_payload #>> '{event,data,new,id}' is not null
     order by 1, 2`,
  getCorrelation: `select distinct correlation_id as "correlationId" from invocations where correlation_id <> ''`,
  getInvocation: 'select id from invocations order by id',
  getJob: 'select id from job_executions order by id',
  getEvent: 'select id from event_executions order by id',
  listTreeNodes: 'select id from invocations union all select id from job_executions order by id',
  getTree: 'select id from invocations union all select id from job_executions order by id',
  getTreeCriticalPath: 'select id from invocations union all select id from job_executions order by id',
  compareTree: `select id, 'baseline' as "with" from invocations union all select id, 'baseline' from job_executions order by id`,
  getTreeFailures: 'select id from invocations union all select id from job_executions order by id',
}

/** The rows that each operation can show, by operationId. */
export async function rowsOf({ pool, get }: Service, headers: Record<string, string>): Promise<Record<string, Row[]>> {
  const rows: Record<string, Row[]> = {}
  for (const [id, statement] of Object.entries(statements)) rows[id] = await select(pool, statement)
  // The status of a tree is worked out by the service.
  const { json } = await get<{
    data: Array<{
      status: string
      invocations: number
      failedJobs: number
      durationMs: number | null
      root: { sourceFunction: string; correlationId: string | null; createdAt: string }
    }>
  }>('/trees?limit=1000', headers)
  rows['listTrees'] = json.data.map(({ status, invocations, failedJobs, durationMs, root }) => ({
    status,
    rootFunction: root.sourceFunction,
    correlationId: root.correlationId,
    contains: root.sourceFunction,
    minInvocations: String(invocations),
    minFailures: failedJobs > 0 ? String(failedJobs) : null,
    minDuration: durationMs !== null && durationMs >= 1 ? `${Math.min(Math.floor(durationMs), 999_999_999)}ms` : null,
    sort: durationMs === null ? 'invocations' : 'duration',
    at: root.createdAt,
  }))
  return rows
}

async function select(pool: pg.Pool, statement: string): Promise<Row[]> {
  return (await pool.query<Row>(statement)).rows
}
