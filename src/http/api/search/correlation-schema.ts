import { Type } from 'typebox'
import { AsOf, Count, Instant, Nullable, Ref } from '../../schemas/values.ts'
import { foundTreeExample, foundTreeFields } from './tree-schema.ts'

export const CorrelatedTreeSchema = Type.Object(
  { ...foundTreeFields, correlated: { ...Count, description: 'Invocations in it that have the correlation id' } },
  {
    $id: 'CorrelatedTree',
    title: 'CorrelatedTree',
    description: 'A tree, some or all of whose invocations have the correlation id',
  },
)

export const CorrelationSchema = Type.Object(
  {
    correlationId: Type.String(),
    startedAt: { ...Instant, description: 'The first start of the trees that are shown' },
    endedAt: Nullable({ ...Instant, description: 'Their last end; null while one of them has none' }),
    invocations: { ...Count, description: 'Invocations with the id that were looked at: the newest 1,000' },
    more: Type.Boolean({ description: 'There are more of them, or more trees, than are shown' }),
    trees: Type.Array(Ref(CorrelatedTreeSchema), { maxItems: 50, description: 'By their first start' }),
    asOf: AsOf,
  },
  {
    $id: 'CorrelationTrees',
    title: 'CorrelationTrees',
    description: 'The trees of a correlation id, which may be several, or none as a whole',
  },
)

export const correlationExample = {
  correlationId: 'order-1041',
  startedAt: foundTreeExample.startedAt,
  endedAt: foundTreeExample.endedAt,
  invocations: 3,
  more: false,
  trees: [{ ...foundTreeExample, correlated: 3 }],
  asOf: '2026-11-22T10:00:00.000000Z',
}
