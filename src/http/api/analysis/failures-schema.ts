import { Type } from 'typebox'
import { hintField } from '../list-schema.ts'
import { failureKinds } from '../../../domain/analysis/failures.ts'
import { Count, EnumParam, Id, Instant, Message, Nullable, Ref } from '../../schemas/values.ts'
import { figuresOf, figuresPageExample, linksExample } from './figures-schema.ts'

export const FailureSampleSchema = Type.Object(
  {
    id: { ...Id, description: 'Of the job, the event or the invocation' },
    invocationId: Id,
    at: Instant,
    message: Message,
    tree: Type.String({ description: 'The request for what failed in the tree around it, as text' }),
  },
  { $id: 'FailureSample', title: 'FailureSample' },
)

export const FailureSchema = Type.Object(
  {
    kind: EnumParam(
      failureKinds,
      'job: a job failed; event: its handler or detection crashed; function: an invocation failed, and no job or event says why, or it has a message of its own',
    ),
    name: { ...Type.String(), description: 'Of the job, the event or the function' },
    cause: Type.String({
      description:
        'The first line of the message, at most 200 characters, with [value] for what stood in quotes, [address], [id], [number] and [path]; empty: there is no message',
    }),
    count: { ...Count, description: 'Failures in the window' },
    invocations: Nullable({ ...Count, description: 'Invocations with one of them; null: there are too many to look' }),
    trees: Nullable({ ...Count, description: 'Trees with one of them; null: they have more than 100,000 ancestors' }),
    firstSeen: Instant,
    lastSeen: Instant,
    new: Nullable(
      Type.Boolean({ description: 'The window of equal length before had none; null: this window is unbounded' }),
    ),
    previousCount: Nullable({ ...Count, description: 'Failures in the window before' }),
    samples: Type.Array(Ref(FailureSampleSchema), { maxItems: 3, description: 'The newest ones' }),
  },
  { $id: 'Failure', title: 'Failure', description: 'The failures of one name and one cause' },
)

export const FailuresSchema = figuresOf('Failures', FailureSchema, hintField)

export const failuresExample = {
  data: [
    {
      kind: 'job',
      name: 'capture-payment',
      cause: 'Payment [id] was declined: [value]',
      count: 12,
      invocations: 12,
      trees: 11,
      firstSeen: '2026-11-22T08:01:02.120000Z',
      lastSeen: '2026-11-22T09:48:02.132000Z',
      new: true,
      previousCount: 0,
      samples: [
        {
          id: '9b2d7a10-4f6e-4c1b-8a57-3d0e5f6a7b8c',
          invocationId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
          at: '2026-11-22T09:48:02.132000Z',
          message: "Payment 0f8fad5b-d9cb-469f-a165-70867728950e was declined: 'card expired'",
          tree: '/trees/3f2504e0-4f89-41d3-9a0c-0305e82c3301?from=root&only=failed&format=text',
        },
      ],
    },
  ],
  page: figuresPageExample,
  links: linksExample,
  asOf: '2026-11-22T10:00:00.000000Z',
}
