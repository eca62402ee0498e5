import { Type } from 'typebox'
import { hintedListOf, PageSchema } from '../list-schema.ts'
import { crashFields } from '../invocations/schema.ts'
import { Count, Id, Instant, LinkSchema, Ms, Nullable, Ref, Stale, StatusSchema } from '../../schemas/values.ts'

export const TriggeringJobSchema = Type.Object(
  {
    id: Id,
    name: Type.String(),
    status: Ref(StatusSchema),
    stale: Stale,
    durationMs: Nullable(Ms),
    startedAt: Instant,
    endedAt: Nullable(Instant),
  },
  { $id: 'TriggeringJob', title: 'TriggeringJob' },
)

export const TriggeringSchema = Type.Object(
  { invocationId: Id, sourceFunction: Type.String(), job: Ref(TriggeringJobSchema) },
  {
    $id: 'Triggering',
    title: 'Triggering',
    description: 'The job that triggered an invocation, and the invocation in which it ran',
  },
)

export const TriggeredJobSchema = Type.Object(
  { id: Id, name: Type.String(), status: Ref(StatusSchema), stale: Stale },
  { $id: 'TriggeredJob', title: 'TriggeredJob' },
)

export const TriggeredJobsSchema = Type.Object(
  { count: Count, data: Type.Array(Ref(TriggeredJobSchema), { maxItems: 10, description: 'The first ten, by start' }) },
  {
    $id: 'TriggeredJobs',
    title: 'TriggeredJobs',
    description: 'The jobs that ran in the invocation that was triggered',
  },
)

export const TriggeredSchema = Type.Object(
  {
    invocationId: Id,
    sourceFunction: Type.String(),
    status: Ref(StatusSchema),
    stale: Stale,
    ...crashFields,
    durationMs: Nullable(Ms),
    createdAt: Instant,
    jobs: Ref(TriggeredJobsSchema),
  },
  { $id: 'Triggered', title: 'Triggered', description: 'The invocation that was triggered' },
)

export const ChainSchema = Type.Object(
  {
    triggering: Ref(TriggeringSchema),
    triggered: Ref(TriggeredSchema),
    lagMs: Nullable(
      Type.Number({
        format: 'double',
        description:
          'From the job’s end to the triggered invocation’s start, in ms; null while the job has no duration; negative when they overlap, which is normal',
      }),
    ),
    clockSkew: Type.Boolean({
      description: 'The triggered invocation starts before the job started: clocks of two hosts disagree',
    }),
    link: Ref(LinkSchema),
    correlationId: Nullable(Type.String()),
  },
  {
    $id: 'Chain',
    title: 'Chain',
    description: 'A job-to-job link: a job, the invocation that it triggered, and the jobs that ran in that one',
  },
)

export const ChainListSchema = hintedListOf('ChainList', ChainSchema, PageSchema)

export const triggeringExample = {
  invocationId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  sourceFunction: 'on-order-created',
  job: {
    id: '9b2d7a10-4f6e-4c1b-8a57-3d0e5f6a7b8c',
    name: 'capture-payment',
    status: 'completed',
    stale: false,
    durationMs: 230,
    startedAt: '2026-11-22T09:48:01.902000Z',
    endedAt: '2026-11-22T09:48:02.132000Z',
  },
}

export const chainExample = {
  triggering: triggeringExample,
  triggered: {
    invocationId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
    sourceFunction: 'on-payment-captured',
    status: 'completed',
    stale: false,
    crashed: false,
    crash: null,
    durationMs: 412,
    createdAt: '2026-11-22T09:48:02.120000Z',
    jobs: {
      count: 1,
      data: [{ id: '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed', name: 'create-invoice', status: 'completed', stale: false }],
    },
  },
  lagMs: -12,
  clockSkew: false,
  link: 'recorded',
  correlationId: 'order-1041',
}
