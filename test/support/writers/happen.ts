import { writtenAt, type Call } from './call.ts'
import { checkEvents } from './events.ts'
import { settle } from './fates.ts'
import { runJobs } from './jobs.ts'
import { linkOf, tokenOf } from './link.ts'
import { payloadOf, type Delivery } from './payload.ts'
import type { EventRow, InvocationRow } from './rows.ts'
import { bounds, instantOf, isEventKit, type Cause, type World } from './world.ts'

/** Lets a call happen, and all that follows from it. `again`: the event was delivered before. */
export function happen(world: World, cause: Cause, again?: { eventId: string; id: string }): void {
  const call = begin(world, cause, again?.eventId ?? world.random.id(), again?.id ?? null)
  checkEvents(call)
  runJobs(call)
  finish(call)
  settle(call)
  keep(call)
  for (const next of call.next) happen(world, next)
  const { twice, ...specified } = cause.specified
  if (twice === true)
    happen(world, { ...cause, specified }, { eventId: call.invocation.source_event_id ?? '', id: call.invocation.id })
}

function begin(world: World, cause: Cause, eventId: string, redeliveryOf: string | null): Call {
  const { random, transport, options } = world
  const spec = cause.specified
  const id = random.id()
  const table = random.pick(['public.orders', 'public.payments', 'public.shipments'])
  // A second delivery follows when the first was given up.
  const entry = cause.at + random.int(20, 400) + (redeliveryOf === null ? 0 : random.int(10_000, 60_000))
  const longest = bounds.coldStartMs[transport === 'eventkit-late-jobs' ? 'eventkit' : transport]
  const coldStartMs = spec.cold === true ? random.int(longest / 2, longest) : 0
  const clockSkewMs = spec.skewMs ?? random.int(-40, 40)
  const start = entry + coldStartMs
  const correlationId = cause.staleAfter !== null && isEventKit(world) ? random.id() : cause.correlationId
  const operation: Delivery['operation'] = spec.operation ?? 'UPDATE'
  const token = tokenOf(world, cause, table, operation)
  const { link, recorded, cut } = linkOf(world, cause, token)
  const functionName = `on-${table.slice('public.'.length)}`
  const delivery: Delivery = {
    transport,
    eventId,
    at: instantOf(cause.at),
    table,
    operation,
    correlationId,
    invocationId: id,
    token,
    byPerson: spec.token === 'unknown',
    retry: redeliveryOf === null ? 0 : 1,
    large: options.large,
  }
  const stale = token !== null && cause.staleAfter !== null ? { jobId: token.jobId, afterMs: cause.staleAfter } : null
  return {
    world,
    spec,
    cause,
    functionName,
    entry,
    start,
    end: start,
    events: [],
    detected: undefined,
    jobs: [],
    next: [],
    lost: false,
    rewritten: transport === 'eventkit' || (transport !== 'eventkit-late-jobs' && random.chance(0.2)),
    invocation: {
      id,
      created_at: instantOf(start + clockSkewMs),
      updated_at: '',
      correlation_id: correlationId,
      source_function: functionName,
      source_table: table,
      source_operation: operation,
      source_system: 'hasura',
      source_job_id: recorded ? cause.jobId : null,
      source_event_id: eventId,
      source_event_payload: payloadOf(random, delivery),
      source_event_time: instantOf(cause.at),
      source_user_email: null,
      source_user_role: 'admin',
      total_duration_ms: null,
      events_detected_count: 0,
      total_jobs_run: 0,
      total_jobs_succeeded: 0,
      total_jobs_failed: 0,
      status: 'completed',
      error_message: null,
      error_stack: null,
      context_data: { functionName },
      ...(isEventKit(world)
        ? options.sourceType
          ? { source_type: 'database' }
          : {}
        : { auto_load_modules: true, event_modules_directory: './events' }),
    },
    truth: {
      transport,
      parentJob: cause.staleAfter === null ? cause.jobId : null,
      link,
      places: token?.places ?? [],
      stale,
      crash: null,
      dead: null,
      start: instantOf(start),
      end: null,
      coldStartMs,
      clockSkewMs,
      touchedByDeletion: cut,
      redeliveryOf,
      miscounted: false,
    },
  }
}

/** What is written at the end of a call that ends well. */
function finish(call: Call): void {
  const {
    world: { random },
    invocation,
    jobs,
    detected,
    truth,
    entry,
  } = call
  call.end += random.int(1, 5)
  if (call.end - call.start > 5000 && call.world.transport !== 'eventkit-late-jobs') call.rewritten = true
  const failed = jobs.filter(({ status }) => status === 'failed').length
  const counted = { run: jobs.length, succeeded: jobs.length - failed, failed }
  Object.assign(invocation, {
    updated_at: writtenAt(call, call.end),
    total_duration_ms: call.end - entry,
    events_detected_count: detected === undefined ? 0 : 1,
    total_jobs_run: counted.run,
    total_jobs_succeeded: counted.succeeded,
    total_jobs_failed: failed,
    status: failed > 0 ? 'failed' : 'completed',
  } satisfies Partial<InvocationRow>)
  if (detected !== undefined) {
    const took = Math.max(0, call.end - 1 - call.start - (detected.detection_duration_ms ?? 0))
    Object.assign(detected, {
      updated_at: writtenAt(call, call.end - 1),
      handler_duration_ms: took,
      jobs_count: counted.run,
      jobs_succeeded: counted.succeeded,
      jobs_failed: failed,
    } satisfies Partial<EventRow>)
  }
  truth.end = instantOf(call.end)
}

/** Adds the rows that arrived and are still there to those of the world, and the truth of all. */
function keep(call: Call): void {
  const {
    world: { rows, truth, options },
    spec,
    invocation,
    events,
    jobs,
  } = call
  truth.invocations.set(invocation.id, call.truth)
  if (call.truth.touchedByDeletion) invocation.updated_at = instantOf(options.now - 2 * 24 * 3_600_000)
  if (spec.deleted === true || call.lost) return
  rows.invocations.push(invocation)
  rows.events.push(...events)
  rows.jobs.push(...jobs)
}
