import { Type } from 'typebox'
import { SHOWN } from '../../../domain/compare/comparison.ts'
import { differenceKinds } from '../../../domain/compare/differences.ts'
import { asOfExample } from '../list-schema.ts'
import { Count, EnumParam, Id, Ms, Nullable, NullableRef, Ref } from '../../schemas/values.ts'
import { placeFields, truncatedField } from './schema.ts'

export const NamedShapeSchema = Type.Object(
  {
    hash: Type.String({ description: 'As in /shapes' }),
    line: Type.String({ description: 'The structure in one line, cut after 500 characters' }),
  },
  { $id: 'NamedShape', title: 'NamedShape', description: 'The structure of a tree' },
)

export const DifferenceSchema = Type.Object(
  {
    kind: EnumParam(
      differenceKinds,
      'missing: it is not there; failed: it failed; slower: it took longer than p95 of its own history; extra: it is there, and not in the other tree, or not usually',
    ),
    of: EnumParam(['function', 'job'], 'What differs'),
    name: Type.String(),
    path: Type.Array(Type.String(), { description: 'The names from the start to it, the last 10 of them' }),
    id: { ...Id, description: 'The invocation or the job; of what is missing: the one below which it would stand' },
    invocationId: Id,
    status: Nullable(Type.String({ description: 'Null of what is missing' })),
    times: { ...Count, description: 'How often it stands at this place of the tree' },
    otherTimes: Nullable({ ...Count, description: 'The same of the other tree; null with a baseline' }),
    seenIn: Nullable({ ...Count, description: 'Trees of the baseline that have it; null without one' }),
    outOf: Nullable({ ...Count, description: 'Trees of the baseline that have what stands above it' }),
    durationMs: Nullable(Ms),
    p95Ms: Nullable({ ...Ms, description: 'Of the durations at this place in the baseline; null of fewer than 20' }),
  },
  { $id: 'Difference', title: 'Difference', description: 'How a tree differs at one place' },
)

export const DifferencesSchema = Type.Object(
  { count: Count, data: Type.Array(Ref(DifferenceSchema), { description: `At most ${SHOWN}` }) },
  { $id: 'Differences', title: 'Differences' },
)

export const BaselineSchema = Type.Object(
  {
    trees: {
      ...Count,
      description: 'Finished trees that began with the same function in the 7 days before, the newest 200 at most',
    },
    shape: Ref(NamedShapeSchema),
    ofShape: { ...Count, description: 'How many of them have this shape, the most frequent one' },
  },
  { $id: 'Baseline', title: 'Baseline', description: 'What is usual' },
)

export const ComparisonSchema = Type.Object(
  {
    ...placeFields,
    with: Nullable({ ...Id, description: 'The start of the other tree; null: it was compared with a baseline' }),
    verdict: Type.String({ description: 'How it differs, as a sentence for a person. Its wording may change' }),
    shape: Ref(NamedShapeSchema),
    otherShape: NullableRef(NamedShapeSchema, 'That of the other tree, or the usual one; null: there is neither'),
    sameShape: Nullable(Type.Boolean()),
    open: Type.Boolean({ description: 'An invocation in the tree runs or is stale: what is missing may still come' }),
    baseline: NullableRef(
      BaselineSchema,
      'Null: there are fewer than 20 such trees, so nothing is called slow or unusual',
    ),
    differences: Ref(DifferencesSchema),
    ...truncatedField,
  },
  { $id: 'Comparison', title: 'Comparison', description: 'How a tree differs from another one, or from what is usual' },
)

export const comparisonExample = {
  asOf: asOfExample,
  id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  rootId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  rootReached: true,
  rootLink: 'none',
  rootNamedJobId: null,
  truncated: null,
  with: null,
  verdict: 'Function on-payment-captured is missing below capture-payment (198 of 200 trees have it).',
  shape: { hash: '5f0c1d9e2a7b4c38', line: 'on-order-created (capture-payment)' },
  otherShape: { hash: '9170c14bfb2e9c73', line: 'on-order-created (capture-payment → on-payment-captured)' },
  sameShape: false,
  open: false,
  baseline: {
    trees: 200,
    shape: { hash: '9170c14bfb2e9c73', line: 'on-order-created (capture-payment → on-payment-captured)' },
    ofShape: 190,
  },
  differences: {
    count: 1,
    data: [
      {
        kind: 'missing',
        of: 'function',
        name: 'on-payment-captured',
        path: ['on-order-created', 'capture-payment', 'on-payment-captured'],
        id: '9b2d7a10-4f6e-4c1b-8a57-3d0e5f6a7b8c',
        invocationId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
        status: null,
        times: 0,
        otherTimes: null,
        seenIn: 198,
        outOf: 200,
        durationMs: null,
        p95Ms: 480,
      },
    ],
  },
}
