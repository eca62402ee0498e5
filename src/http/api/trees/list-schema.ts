import { Type } from 'typebox'
import { treeStatuses, type TreeStatus } from '../../../domain/tree/tree-summary.ts'
import { InvocationSchema, invocationExample } from '../invocations/schema.ts'
import { period, summaryFields } from './schema.ts'
import { hintedListOf, TreesPageSchema } from '../list-schema.ts'
import { EnumParam, Ref } from '../../schemas/values.ts'

export const TREE_STATUS =
  'failed: anything in the tree failed; running: nothing failed and anything lives; stale: nothing of these, and anything is stale; completed: the rest'

export const TreeStatusSchema = Type.Unsafe<TreeStatus>({
  ...EnumParam(treeStatuses, TREE_STATUS),
  $id: 'TreeStatus',
  title: 'TreeStatus',
})

export const TreeSummarySchema = Type.Object(
  { root: Ref(InvocationSchema), status: Ref(TreeStatusSchema), ...summaryFields, ...period },
  { $id: 'TreeSummary', title: 'TreeSummary', description: 'A tree by its root, and the figures of all that is in it' },
)

export const TreeListSchema = hintedListOf('TreeList', TreeSummarySchema, TreesPageSchema)

export const treeSummaryExample = {
  root: { ...invocationExample, sourceJobId: null, link: 'unknown' },
  status: 'completed',
  complete: true,
  invocations: 3,
  jobs: 5,
  failedInvocations: 0,
  failedJobs: 0,
  running: 0,
  runningInvocations: 0,
  runningJobs: 0,
  stale: 0,
  startedAt: '2026-11-22T09:48:02.120000Z',
  endedAt: '2026-11-22T09:48:04.018000Z',
  durationMs: 1898,
}
