import { Type } from 'typebox'
import { hintedListOf, PageSchema } from '../list-schema.ts'
import {
  Count,
  Counter,
  Id,
  Instant,
  LinkSchema,
  Message,
  Ms,
  Nullable,
  NullableRef,
  Ref,
  Stale,
  StatusSchema,
} from '../../schemas/values.ts'

const text = Nullable(Type.String())

export const counters = { run: Nullable(Counter), succeeded: Nullable(Counter), failed: Nullable(Counter) }

export const JobCountersSchema = Type.Object(counters, {
  $id: 'JobCounters',
  title: 'JobCounters',
  description: 'The writer’s own counters; they may disagree with the rows',
})

export const CrashSchema = Type.Object(
  { eventId: Id, eventName: Type.String(), message: Message },
  {
    $id: 'Crash',
    title: 'Crash',
    description: 'The first event of an invocation, by (createdAt, id), whose handler or detection threw',
  },
)

/** Whether an invocation crashed: its status does not tell. */
export const crashFields = {
  crashed: Type.Boolean({
    description:
      'An event of it is handler_failed, or detected and detection_failed. It counts as failed, whatever its status is; one that was not detected does not count, for it may carry the error of another',
  }),
  crash: NullableRef(CrashSchema, 'Null if it did not crash'),
}

export const TelemetryLossSchema = Type.Object(
  {
    expectedJobs: Nullable({
      ...Count,
      description: 'By the writer’s counter; null: unknown, for it is no number of jobs',
    }),
    recordedJobs: { ...Count, description: 'Rows of jobs' },
  },
  {
    $id: 'TelemetryLoss',
    title: 'TelemetryLoss',
    description:
      'The writer’s counter and the rows disagree. Fewer rows: some were lost; more: the handler crashed, or the last flush was lost, before the jobs were counted',
  },
)
/** Of what has ended; absent where they agree. */
export const telemetryLossField = Type.Optional(Ref(TelemetryLossSchema))

export const invocationFields = {
  id: Id,
  createdAt: Instant,
  endedAt: Nullable(Instant),
  durationMs: Nullable(Ms),
  status: Ref(StatusSchema),
  stale: Stale,
  ...crashFields,
  sourceFunction: Type.String(),
  sourceTable: text,
  sourceOperation: text,
  sourceSystem: text,
  sourceEventId: Nullable(Id),
  sourceEventTime: Nullable(Instant),
  correlationId: text,
  sourceJobId: Nullable(Id),
  link: Ref(LinkSchema),
  eventsDetected: Nullable(Counter),
  jobs: Ref(JobCountersSchema),
  errorMessage: Message,
}

export const InvocationSchema = Type.Object(invocationFields, {
  $id: 'Invocation',
  title: 'Invocation',
  description: 'One call of a function',
})

export const InvocationListSchema = hintedListOf('InvocationList', InvocationSchema, PageSchema)

export const invocationExample = {
  id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  createdAt: '2026-11-22T09:48:02.120000Z',
  endedAt: '2026-11-22T09:48:02.532000Z',
  durationMs: 412,
  status: 'completed',
  stale: false,
  crashed: false,
  crash: null,
  sourceFunction: 'on-payment-captured',
  sourceTable: 'public.payments',
  sourceOperation: 'UPDATE',
  sourceSystem: 'shop',
  sourceEventId: '0f8fad5b-d9cb-469f-a165-70867728950e',
  sourceEventTime: '2026-11-22T09:48:02.101000Z',
  correlationId: 'order-1041',
  sourceJobId: '9b2d7a10-4f6e-4c1b-8a57-3d0e5f6a7b8c',
  link: 'recorded',
  eventsDetected: 1,
  jobs: { run: 2, succeeded: 2, failed: 0 },
  errorMessage: null,
}
