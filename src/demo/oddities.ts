import type { Random } from './random.ts'
import type { InvocationRow } from './rows.ts'
import type { Invoked } from './seen.ts'
import type { Call, World } from './world.ts'

/**
 * What real rows are like and should not be, drawn from a sequence of its own so that everything else stays as it is: a function that started
 * cold, a job that its writer forgot, a link that is left in the session alone, and one to a job that was deleted.
 */
export function addOddities({ odd }: World, call: Call, rows: Invoked): void {
  if (call.tree.kind !== 'ordinary') return
  const [startsCold, forgets, inSession, namesDeleted] = [0.02, 0.006, 0.3, 0.004].map((share) => odd.chance(share))
  if (call.cause?.link === 'severed' && inSession) moveLinkToSession(rows.invocation)
  if (call.cause === null && namesDeleted) nameDeletedJob(odd, rows.invocation)
  if (rows.invocation.status === 'running') return
  if (startsCold) startCold(odd, rows.invocation)
  if (forgets) forgetJob(rows)
}

/** The writer counts the duration from the entry of the function, and takes created_at after it has started. */
function startCold(odd: Random, invocation: InvocationRow): void {
  if (invocation.total_duration_ms !== null) invocation.total_duration_ms += odd.int(500, 16_000)
}

/** Two jobs of one name in a handler: the end of one is written twice, and the other runs for ever. */
function forgetJob({ invocation, jobs }: Invoked): void {
  const [first, second] = jobs.filter(({ status }) => status === 'completed')
  if (invocation.status !== 'completed' || first === undefined || second === undefined) return
  Object.assign(second, {
    job_name: first.job_name,
    job_function_name: first.job_function_name,
    status: 'running',
    duration_ms: null,
    result: null,
  })
}

interface Payload {
  __sourceJobId?: string
  event?: { session_variables: Record<string, string>; data: { new: Record<string, unknown> | null } }
}

/** EventKit leaves its token in the session of the request, and nowhere else. */
function moveLinkToSession(invocation: InvocationRow): void {
  const { __sourceJobId: _, ...payload } = JSON.parse(invocation.source_event_payload) as Payload
  const { event } = payload
  const record = event?.data.new
  const column = ['updated_by', 'updatedby'].find((name) => typeof record?.[name] === 'string')
  if (event === undefined || !record || column === undefined) return
  event.session_variables['x-hasura-tracking-token'] = String(record[column])
  record[column] = 'system'
  invocation.source_event_payload = JSON.stringify(payload)
}

/** Its parent was deleted, by age say: the column is empty, and the payload names a job that is not there. */
function nameDeletedJob(odd: Random, invocation: InvocationRow): void {
  const payload = JSON.parse(invocation.source_event_payload) as Payload
  invocation.source_event_payload = JSON.stringify({ ...payload, __sourceJobId: odd.id() })
}
