import { Type, type Static, type TSchema } from 'typebox'
import { triggeringExample, TriggeringSchema } from './chain.ts'
import { counters, invocationExample, invocationFields, InvocationSchema } from './invocation.ts'
import { eventExample, EventSchema, jobExample, jobFields, JobSchema } from './job.ts'
import { Count, Id, Instant, Ref, Status } from './values.ts'

/** How much of each bounded list is shown. */
export const SHOWN = 100

const first = <T extends TSchema>(item: T) => ({ count: Count, data: Type.Array(item, { maxItems: SHOWN }), href: Type.String({ description: 'The request that yields the rest' }) })

export const InvocationDetailSchema = Type.Object(
  {
    ...invocationFields,
    triggeredBy: Type.Unsafe<Static<typeof TriggeringSchema> | null>({ anyOf: [Ref(TriggeringSchema), { type: 'null' }], description: 'Null for a root, and where the link was not recorded' }),
    events: Type.Object({ count: Count, detected: Count, data: Type.Array(Ref(EventSchema), { maxItems: SHOWN }), href: Type.String({ description: 'The request that yields the rest of the detected ones' }) }, { description: 'The detected ones first' }),
    jobs: Type.Object({ ...counters.properties, ...first(Ref(JobSchema)) }, { description: 'The writer’s own counters, and the rows' }),
    triggered: Type.Object(first(Ref(InvocationSchema)), { description: 'What its jobs triggered, oldest first' }),
  },
  { $id: 'InvocationDetail', title: 'InvocationDetail' },
)

export const JobDetailSchema = Type.Object(
  {
    ...jobFields,
    invocation: Type.Object({ id: Id, sourceFunction: Type.String(), status: Status, createdAt: Instant }),
    event: Type.Unsafe<Static<typeof EventSchema> | null>({ anyOf: [Ref(EventSchema), { type: 'null' }] }),
    triggered: Type.Object(first(Ref(InvocationSchema)), { description: 'What it triggered, oldest first' }),
  },
  { $id: 'JobDetail', title: 'JobDetail' },
)

export const invocationDetailExample = {
  ...invocationExample,
  triggeredBy: triggeringExample,
  events: { count: 13, detected: 1, data: [eventExample], href: `/trees/${invocationExample.id}?include=events&maxDepth=0` },
  jobs: { ...invocationExample.jobs, count: 1, data: [{ ...jobExample, invocationId: invocationExample.id }], href: `/jobs?invocationId=${invocationExample.id}&order=asc` },
  triggered: { count: 0, data: [], href: `/trees/${invocationExample.id}?maxDepth=1` },
}

export const jobDetailExample = {
  ...jobExample,
  invocation: { id: jobExample.invocationId, sourceFunction: 'on-order-created', status: 'completed', createdAt: '2026-11-22T09:48:01.610000Z' },
  event: eventExample,
  triggered: { count: 1, data: [invocationExample], href: `/invocations?sourceJobId=${jobExample.id}&order=asc` },
}
