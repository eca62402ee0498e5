import { Type, type Static, type TSchema } from 'typebox'
import { triggeringExample, TriggeringSchema } from './chain.ts'
import { counters, invocationExample, invocationFields, InvocationSchema } from './invocation.ts'
import { eventExample, eventFields, EventSchema, jobExample, jobFields } from './job.ts'
import { eventPersonal, invocationPersonal, jobPersonal, redacted } from './personal.ts'
import { Count, Id, Instant, Ref, Status } from './values.ts'

/** How much of each bounded list is shown. */
export const SHOWN = 100

const first = <T extends TSchema>(item: T) => ({ count: Count, data: Type.Array(item, { maxItems: SHOWN }), href: Type.String({ description: 'The request that yields the rest' }) })

export const InvocationJobSchema = Type.Object({ ...jobFields, ...jobPersonal }, { $id: 'InvocationJob', title: 'InvocationJob', description: 'A job, with what was asked for of its personal data' })
export const InvocationEventSchema = Type.Object({ ...eventFields, ...eventPersonal }, { $id: 'InvocationEvent', title: 'InvocationEvent', description: 'An event module, with its stack where that was asked for' })

export const InvocationDetailSchema = Type.Object(
  {
    ...invocationFields,
    ...invocationPersonal,
    redacted,
    triggeredBy: Type.Unsafe<Static<typeof TriggeringSchema> | null>({ anyOf: [Ref(TriggeringSchema), { type: 'null' }], description: 'Null for a root, and where the link was not recorded' }),
    events: Type.Object({ count: Count, detected: Count, data: Type.Array(Ref(InvocationEventSchema), { maxItems: SHOWN }), href: Type.String({ description: 'The request that yields the rest of the detected ones' }) }, { description: 'The detected ones first' }),
    jobs: Type.Object({ ...counters.properties, ...first(Ref(InvocationJobSchema)) }, { description: 'The writer’s own counters, and the rows' }),
    triggered: Type.Object(first(Ref(InvocationSchema)), { description: 'What its jobs triggered, oldest first' }),
  },
  { $id: 'InvocationDetail', title: 'InvocationDetail' },
)

export const JobDetailSchema = Type.Object(
  {
    ...jobFields,
    ...jobPersonal,
    redacted,
    invocation: Type.Object({ id: Id, sourceFunction: Type.String(), status: Status, createdAt: Instant }),
    event: Type.Unsafe<Static<typeof EventSchema> | null>({ anyOf: [Ref(EventSchema), { type: 'null' }] }),
    triggered: Type.Object(first(Ref(InvocationSchema)), { description: 'What it triggered, oldest first' }),
  },
  { $id: 'JobDetail', title: 'JobDetail' },
)

export const invocationDetailExample = {
  ...invocationExample,
  redacted: ['sourceUserEmail', 'payload', 'context', 'options', 'result', 'errorStack'],
  triggeredBy: triggeringExample,
  events: { count: 13, detected: 1, data: [eventExample], href: `/trees/${invocationExample.id}?include=events&maxDepth=0` },
  jobs: { ...invocationExample.jobs, count: 1, data: [{ ...jobExample, invocationId: invocationExample.id }], href: `/jobs?invocationId=${invocationExample.id}&order=asc` },
  triggered: { count: 0, data: [], href: `/trees/${invocationExample.id}?maxDepth=1` },
}

export const jobDetailExample = {
  ...jobExample,
  redacted: ['options', 'result', 'errorStack'],
  invocation: { id: jobExample.invocationId, sourceFunction: 'on-order-created', status: 'completed', createdAt: '2026-11-22T09:48:01.610000Z' },
  event: eventExample,
  triggered: { count: 1, data: [invocationExample], href: `/invocations?sourceJobId=${jobExample.id}&order=asc` },
}
