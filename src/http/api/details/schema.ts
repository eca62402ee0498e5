import { Type, type TSchema } from 'typebox'
import { TriggeringSchema } from '../chains/schema.ts'
import { counters, crashFields, invocationFields, InvocationSchema, telemetryLossField } from '../invocations/schema.ts'
import { eventFields, EventSchema } from '../events/schema.ts'
import { jobFields } from '../jobs/schema.ts'
import { eventPersonal, invocationPersonal, jobPersonal, redacted } from '../personal-schema.ts'
import { SHOWN } from '../../../reading/details/shown.ts'
import { AsOf, Count, Id, Instant, Nullable, NullableRef, Ref, Stale, StatusSchema } from '../../schemas/values.ts'

const first = <T extends TSchema>(item: T) => ({
  count: Count,
  data: Type.Array(item, { maxItems: SHOWN }),
  href: Type.String({ description: 'The request that yields the rest' }),
})

export const InvocationJobSchema = Type.Object(
  { ...jobFields, ...jobPersonal },
  { $id: 'InvocationJob', title: 'InvocationJob', description: 'A job, with what was asked for of its personal data' },
)
export const InvocationEventSchema = Type.Object(
  { ...eventFields, ...eventPersonal },
  {
    $id: 'InvocationEvent',
    title: 'InvocationEvent',
    description: 'An event module, with its stack where that was asked for',
  },
)

export const InvocationEventsSchema = Type.Object(
  {
    count: Count,
    detected: Count,
    data: Type.Array(Ref(InvocationEventSchema), { maxItems: SHOWN }),
    href: Type.String({ description: 'The request that yields all of them' }),
  },
  { $id: 'InvocationEvents', title: 'InvocationEvents', description: 'The detected ones first' },
)
export const InvocationJobsSchema = Type.Object(
  { ...counters, ...first(Ref(InvocationJobSchema)) },
  { $id: 'InvocationJobs', title: 'InvocationJobs', description: 'The writer’s own counters, and the rows' },
)
export const TriggeredInvocationsSchema = Type.Object(first(Ref(InvocationSchema)), {
  $id: 'TriggeredInvocations',
  title: 'TriggeredInvocations',
  description: 'What was triggered directly, oldest first; what is below those is not counted',
})

export const InvocationDetailSchema = Type.Object(
  {
    asOf: AsOf,
    ...invocationFields,
    namedJobId: Nullable({ ...Id, description: 'The job that the payload names where sourceJobId is empty' }),
    telemetryLoss: telemetryLossField,
    ...invocationPersonal,
    redacted,
    triggeredBy: NullableRef(TriggeringSchema, 'Null where no link is recorded: link says why'),
    events: Ref(InvocationEventsSchema),
    jobs: Ref(InvocationJobsSchema),
    triggered: Ref(TriggeredInvocationsSchema),
  },
  { $id: 'InvocationDetail', title: 'InvocationDetail' },
)

export const JobInvocationSchema = Type.Object(
  {
    id: Id,
    sourceFunction: Type.String(),
    status: Ref(StatusSchema),
    stale: Stale,
    ...crashFields,
    createdAt: Instant,
  },
  { $id: 'JobInvocation', title: 'JobInvocation', description: 'The invocation in which a job or an event module ran' },
)

export const JobDetailSchema = Type.Object(
  {
    asOf: AsOf,
    ...jobFields,
    ...jobPersonal,
    redacted,
    invocation: Ref(JobInvocationSchema),
    event: NullableRef(EventSchema, 'Null where the event is gone'),
    triggered: Ref(TriggeredInvocationsSchema),
  },
  { $id: 'JobDetail', title: 'JobDetail' },
)

export const EventDetailSchema = Type.Object(
  {
    asOf: AsOf,
    ...eventFields,
    telemetryLoss: telemetryLossField,
    ...eventPersonal,
    redacted,
    invocation: Ref(JobInvocationSchema),
    jobs: Ref(InvocationJobsSchema),
  },
  { $id: 'EventDetail', title: 'EventDetail' },
)
