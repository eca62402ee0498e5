import { Type } from 'typebox'
import { hintField } from '../list-schema.ts'
import { Count, Id, Instant, Ms, Nullable, Ref, StatusSchema } from '../../schemas/values.ts'
import { NamedSchema } from './dependencies-schema.ts'
import { figuresOf, figuresPageExample, linksExample, Share } from './figures-schema.ts'

export const MissingRunSchema = Type.Object(
  {
    id: { ...Id, description: 'Of the job, or of the invocation' },
    invocationId: Id,
    at: { ...Instant, description: 'When it began' },
    status: Ref(StatusSchema),
    tree: Type.String({ description: 'The request for the tree around it, as text' }),
  },
  { $id: 'MissingRun', title: 'MissingRun', description: 'A run that its usual target did not follow' },
)

export const MissingEdgeSchema = Type.Object(
  {
    source: Ref(NamedSchema),
    target: Ref(NamedSchema),
    support: { ...Count, description: 'Runs of the source from which it was learnt' },
    confidence: { ...Share, description: 'The share of them that the target followed' },
    lagP99Ms: {
      ...Ms,
      description:
        'p99 of the time to the target, in ms: from the end of a job, from the start of a function. A run is judged 60 s later at the earliest',
    },
    runs: { ...Count, description: 'Runs of the source that began in the window' },
    followed: { ...Count, description: 'Of these, those that the target followed in time' },
    late: { ...Count, description: 'Those that it followed later than lagP99Ms and 60 s' },
    missing: { ...Count, description: 'Those that have ended for longer than that, and that it did not follow' },
    missingRate: { ...Share, description: 'missing, as a share of the runs that were judged' },
    notJudged: { ...Count, description: 'Those that have not ended, or not for so long' },
    severed: Nullable({
      ...Count,
      description:
        'Runs of the target in the window whose triggering job is lost: so many of the missing ones may have happened. Null: nobody looked, or the target is a job, whose function is always known',
    }),
    firstMissing: { ...Instant, description: 'The start of the first run that misses it' },
    lastMissing: Instant,
    samples: Type.Array(Ref(MissingRunSchema), { maxItems: 5, description: 'The newest ones that miss it' }),
  },
  {
    $id: 'MissingEdge',
    title: 'MissingEdge',
    description: 'What normally follows, and the runs that it did not follow',
  },
)

export const LearntSchema = Type.Object(
  {
    edges: { ...Count, description: 'Edges that normally follow' },
    lengthMs: { ...Ms, description: 'They were learnt from so long before the window, in ms' },
    sampled: Type.Boolean({ description: 'That is not all that was to be looked at, which would have taken too long' }),
  },
  { $id: 'Learnt', title: 'Learnt', description: 'From what is known what normally follows' },
)

export const MissingStepsSchema = figuresOf('MissingSteps', MissingEdgeSchema, {
  ...hintField,
  learnt: Ref(LearntSchema),
})

export const missingExample = {
  data: [
    {
      source: { kind: 'job', name: 'capture-payment' },
      target: { kind: 'function', name: 'on-payment-captured' },
      support: 4210,
      confidence: 0.997,
      lagP99Ms: 840,
      runs: 640,
      followed: 636,
      late: 1,
      missing: 2,
      missingRate: 0.00313,
      notJudged: 1,
      severed: 0,
      firstMissing: '2026-11-22T08:01:02.120000Z',
      lastMissing: '2026-11-22T09:48:02.132000Z',
      samples: [
        {
          id: '9b2d7a10-4f6e-4c1b-8a57-3d0e5f6a7b8c',
          invocationId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
          at: '2026-11-22T09:48:02.132000Z',
          status: 'completed',
          tree: '/trees/3f2504e0-4f89-41d3-9a0c-0305e82c3301?from=root&format=text',
        },
      ],
    },
  ],
  learnt: { edges: 42, lengthMs: 604_800_000, sampled: false },
  page: figuresPageExample,
  links: linksExample,
  asOf: '2026-11-22T10:00:00.000000Z',
}
