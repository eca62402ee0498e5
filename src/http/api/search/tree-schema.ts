import { Type } from 'typebox'
import { failureKinds } from '../../../domain/analysis/failures.ts'
import { treeUrl } from '../../links.ts'
import { Count, EnumParam, Id, Instant, Message, Ref } from '../../schemas/values.ts'
import { InvocationSchema } from '../invocations/schema.ts'
import { TreeStatusSchema, treeSummaryExample } from '../trees/list-schema.ts'
import { period, summaryFields } from '../trees/schema.ts'

export const TreeFailureSchema = Type.Object(
  {
    kind: EnumParam(
      failureKinds,
      'job: it failed; event: it crashed; function: an invocation failed with this message',
    ),
    id: { ...Id, description: 'Of the job, the event or the invocation' },
    invocationId: Id,
    name: Type.String(),
    at: { ...Instant, description: 'Its created_at' },
    errorMessage: Message,
  },
  { $id: 'TreeFailure', title: 'TreeFailure', description: 'What failed in a tree' },
)

export const TreeFailuresFoundSchema = Type.Object(
  { count: Count, data: Type.Array(Ref(TreeFailureSchema), { maxItems: 3 }) },
  {
    $id: 'TreeFailuresFound',
    title: 'TreeFailuresFound',
    description: 'How much failed, and the first three by their start',
  },
)

export const foundTreeFields = {
  root: Ref(InvocationSchema),
  status: Ref(TreeStatusSchema),
  ...summaryFields,
  ...period,
  failures: Ref(TreeFailuresFoundSchema),
  href: { ...Type.String(), description: 'The request for the whole tree' },
}

export const FoundTreeSchema = Type.Object(foundTreeFields, {
  $id: 'FoundTree',
  title: 'FoundTree',
  description: 'A tree by its root, with its figures, up to 1,000 invocations (complete), and what failed in it',
})

export const foundTreeExample = {
  ...treeSummaryExample,
  failures: { count: 0, data: [] },
  href: treeUrl(treeSummaryExample.root.id),
}
