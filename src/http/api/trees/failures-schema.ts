import { Type, type Static, type TObject } from 'typebox'
import { SHOWN } from '../../../domain/cascade/cascade.ts'
import { SHOWN as SHOWN_BELOW } from '../../../domain/cascade/downstream.ts'
import { asOfExample } from '../list-schema.ts'
import { Count, EnumParam, Id, Instant, Message, Nullable, Ref, Stale, StatusSchema } from '../../schemas/values.ts'
import { placeFields, truncatedField } from './schema.ts'

export const RanBelowSchema = Type.Object(
  {
    id: Id,
    sourceFunction: Type.String(),
    status: Ref(StatusSchema),
    stale: Stale,
    crashed: Type.Boolean(),
    createdAt: Instant,
    sourceJobId: Nullable(Id),
  },
  { $id: 'RanBelow', title: 'RanBelow', description: 'An invocation below a failure' },
)

export const DownstreamSchema = Type.Object(
  {
    invocations: Count,
    jobs: Count,
    failedInvocations: Count,
    failedJobs: Count,
    data: Type.Array(Ref(RanBelowSchema), { description: `By (createdAt, id), at most ${SHOWN_BELOW}` }),
  },
  {
    $id: 'Downstream',
    title: 'Downstream',
    description:
      'What ran below a failure nevertheless: what the failed job triggered, or what the crashed handler or the failed function ran and triggered',
  },
)

export const DidNotFollowSchema = Type.Object(
  {
    kind: EnumParam(
      ['function', 'job'],
      'A function that a job normally leads to, or a job that a function normally runs',
    ),
    name: Type.String(),
    support: { ...Count, description: 'Runs in the week before the tree from which that was learnt' },
    confidence: Type.Number({
      minimum: 0,
      maximum: 1,
      format: 'double',
      description: 'The share of them that it followed',
    }),
  },
  { $id: 'DidNotFollow', title: 'DidNotFollow', description: 'What normally follows, and was not there' },
)

export const RootCauseSchema = Type.Object(
  {
    kind: EnumParam(
      ['job', 'handler', 'invocation'],
      'job: it failed; handler: the handler or the detection of an event threw; invocation: it failed, and neither a job nor an event says why',
    ),
    at: {
      ...Instant,
      description:
        'The end of the job, or of the invocation, because no row tells when a handler threw; the start if there is no end',
    },
    name: Type.String({ description: 'Of the job, of the event, or of the function' }),
    id: Id,
    invocationId: Id,
    sourceFunction: Type.String(),
    status: { ...Type.String(), description: 'Of the job, or of the invocation' },
    errorMessage: Message,
    downstream: Ref(DownstreamSchema),
    didNotFollow: Type.Unsafe<Array<Static<typeof DidNotFollowSchema>> | null>({
      type: ['array', 'null'],
      items: Ref(DidNotFollowSchema),
      description:
        'What follows at least 95 of 100 such runs, and did not. Null: nobody can tell, because there were fewer than 20 of them, it is not known when it ended, the tree was cut, or most links are lost',
    }),
  },
  { $id: 'RootCause', title: 'RootCause', description: 'A failure with no failed job, handler or function above it' },
)

export const HiddenCrashSchema = Type.Object(
  {
    invocationId: Id,
    sourceFunction: Type.String(),
    eventId: Id,
    eventName: Type.String(),
    message: Message,
    createdAt: Instant,
  },
  {
    $id: 'HiddenCrash',
    title: 'HiddenCrash',
    description: 'An invocation that crashed, and whose status does not say so',
  },
)

export const StaleRunSchema = Type.Object(
  {
    kind: EnumParam(['invocation', 'job'], 'What is stale'),
    name: Type.String(),
    id: Id,
    invocationId: Id,
    startedAt: Instant,
  },
  { $id: 'StaleRun', title: 'StaleRun', description: 'An invocation or a job that says that it runs, and does not' },
)

/** The first of a list that has no pages of its own, and how many there are. */
const some = <T extends TObject>(name: string, item: T) =>
  Type.Object(
    { count: Count, data: Type.Array(Ref(item), { description: `At most ${SHOWN}` }) },
    { $id: name, title: name },
  )

export const RootCausesSchema = some('RootCauses', RootCauseSchema)
export const HiddenCrashesSchema = some('HiddenCrashes', HiddenCrashSchema)
export const StaleRunsSchema = some('StaleRuns', StaleRunSchema)

export const TreeFailuresSchema = Type.Object(
  {
    ...placeFields,
    verdict: Type.String({
      description: 'What failed first and what ran below it, as a sentence for a person. Its wording may change',
    }),
    rootCauses: Ref(RootCausesSchema),
    hiddenCrashes: Ref(HiddenCrashesSchema),
    stale: Ref(StaleRunsSchema),
    ...truncatedField,
  },
  { $id: 'TreeFailures', title: 'TreeFailures', description: 'What failed in a tree, and what ran below it' },
)

export const treeFailuresExample = {
  asOf: asOfExample,
  id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  rootId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  rootReached: true,
  rootLink: 'none',
  rootNamedJobId: null,
  truncated: null,
  verdict:
    'Job capture-payment of on-order-created failed first, at 2026-11-22T09:48:02.132000Z, and nothing was triggered below it.',
  rootCauses: {
    count: 1,
    data: [
      {
        kind: 'job',
        at: '2026-11-22T09:48:02.132000Z',
        name: 'capture-payment',
        id: '9b2d7a10-4f6e-4c1b-8a57-3d0e5f6a7b8c',
        invocationId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
        sourceFunction: 'on-order-created',
        status: 'failed',
        errorMessage: 'card declined',
        downstream: { invocations: 0, jobs: 0, failedInvocations: 0, failedJobs: 0, data: [] },
        didNotFollow: [{ kind: 'function', name: 'on-payment-captured', support: 412, confidence: 0.9976 }],
      },
    ],
  },
  hiddenCrashes: { count: 0, data: [] },
  stale: { count: 0, data: [] },
}
