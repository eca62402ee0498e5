import { Type } from 'typebox'
import { AsOf, Count, EnumParam, Id, Instant, Nullable, NullableRef, Ref } from '../../schemas/values.ts'
import { InvocationSchema, invocationExample } from '../invocations/schema.ts'
import { NoteField } from '../analysis/figures-schema.ts'
import { pageExample, PageSchema } from '../list-schema.ts'
import { foundTreeExample, foundTreeFields } from './tree-schema.ts'

export const RecordStepSchema = Type.Object(
  {
    table: { ...Type.String(), description: 'Of the event' },
    invocation: Ref(InvocationSchema),
    rootId: Nullable({ ...Id, description: 'The root of its tree, which is one of trees; null: there are too many' }),
    changes: Type.Optional(
      Type.Unknown({
        description:
          'With include=changes: the payload with nothing but the columns whose values differ between event.data.old and event.data.new, masked as REDACT says; null: that is larger than 64 KiB, or the payload cannot be read',
      }),
    ),
  },
  { $id: 'RecordStep', title: 'RecordStep', description: 'An invocation that an event of the record caused' },
)

const named = (id: string) =>
  Type.Object(
    { kind: EnumParam(['function', 'job'], 'What has the name'), name: Type.String() },
    { $id: id, title: id },
  )

export const MissingSourceSchema = named('MissedSource')
export const MissingTargetSchema = named('MissedTarget')

export const MissingStepSchema = Type.Object(
  {
    source: Ref(MissingSourceSchema),
    target: Ref(MissingTargetSchema),
    id: { ...Id, description: 'The invocation or the job after which it is missing' },
    invocationId: Id,
    support: { ...Count, description: 'Runs of the source in the week before' },
    confidence: Type.Number({
      format: 'double',
      description: 'The share of them that the target followed, at least 0.95',
    }),
  },
  { $id: 'MissedStep', title: 'MissedStep', description: 'A step that normally follows, and did not' },
)

export const MissingStepsSchema = Type.Object(
  { data: Type.Array(Ref(MissingStepSchema)) },
  { $id: 'MissedSteps', title: 'MissedSteps' },
)

export const RecordTreeSchema = Type.Object(
  {
    ...foundTreeFields,
    missing: NullableRef(
      MissingStepsSchema,
      'Null: what is usual could not be learnt in time, or fewer than half of the links are known',
    ),
  },
  {
    $id: 'RecordTree',
    title: 'RecordTree',
    description: 'A tree, what failed in it, and what normally follows and did not',
  },
)

export const RecordHistorySchema = Type.Object(
  {
    note: NoteField,
    data: Type.Array(Ref(RecordStepSchema), { description: 'Newest first' }),
    page: Ref(PageSchema),
    trees: Type.Array(Ref(RecordTreeSchema), { maxItems: 20 }),
    moreTrees: Type.Boolean({ description: 'The trees of some invocations are not told' }),
    since: Nullable({ ...Instant, description: 'Only invocations since then were looked at; null: all' }),
    redacted: Type.Optional(
      Type.Array(Type.String(), { description: 'With include=changes: the paths of REDACT that masked something' }),
    ),
    asOf: AsOf,
  },
  { $id: 'RecordHistory', title: 'RecordHistory' },
)

export const recordExample = {
  data: [{ table: 'public.payments', invocation: invocationExample, rootId: foundTreeExample.root.id }],
  page: { ...pageExample, from: null, to: null },
  trees: [{ ...foundTreeExample, missing: { data: [] } }],
  moreTrees: false,
  since: null,
  asOf: '2026-11-22T10:00:00.000000Z',
}
