import { Type } from 'typebox'
import type { Branch, BranchJob } from '../../../domain/tree/nest.ts'
import type { MoreLink } from '../../links.ts'
import {
  Count,
  EventStatusSchema,
  Id,
  Instant,
  Message,
  Ms,
  Nullable,
  Ref,
  Stale,
  StatusSchema,
} from '../../schemas/values.ts'
import { invocationFields, telemetryLossField } from '../invocations/schema.ts'

const { jobs: _, ...invocationOnly } = invocationFields

export const MoreSchema = Type.Object(
  {
    invocations: Type.Optional({
      ...Count,
      description:
        'Invocations that come next here: triggered by a job that is shown. What is below them is not among them',
    }),
    below: Type.Optional({
      ...Count,
      description: 'Invocations below those, where that is known without a walk; absent: not known',
    }),
    jobs: Type.Optional({ ...Count, description: 'Jobs of this invocation; what they triggered is not counted' }),
    href: Type.String({ description: 'The request that yields them' }),
  },
  { $id: 'More', title: 'More', description: 'What is left out at this place' },
)

export const NodeEventSchema = Type.Object(
  {
    id: Id,
    name: Type.String(),
    status: Ref(EventStatusSchema),
    stale: Stale,
    createdAt: Instant,
    detectionDurationMs: Nullable(Ms),
    handlerDurationMs: Nullable(Ms),
    errorMessage: Message,
  },
  { $id: 'NodeEvent', title: 'NodeEvent' },
)

export const NodeEventsSchema = Type.Object(
  { detected: Count, undetected: Count, data: Type.Array(Ref(NodeEventSchema)) },
  {
    $id: 'NodeEvents',
    title: 'NodeEvents',
    description: 'With include=events: the detected events, and the number of the others',
  },
)

const nodeJobFields = {
  id: Id,
  name: Type.String(),
  functionName: Nullable(Type.String()),
  status: Ref(StatusSchema),
  stale: Stale,
  durationMs: Nullable(Ms),
  startedAt: Instant,
  endedAt: Nullable(Instant),
  errorMessage: Message,
  eventExecutionId: Id,
  more: Type.Optional(Ref(MoreSchema)),
}

/** A node and its jobs are the one recursion; their types are the domain's, for TypeBox cannot tie a reference to the schema that it stands in. */
export const NodeJobSchema = Type.Unsafe<BranchJob<MoreLink>>(
  Type.Object(
    { ...nodeJobFields, triggered: Type.Array(Type.Unsafe<Branch<MoreLink>>({ $ref: 'TreeNode#' })) },
    { $id: 'NodeJob', title: 'NodeJob', description: 'A job of a node, and what it triggered' },
  ),
)

const nodeFields = {
  ...invocationOnly,
  depth: Type.Integer({ minimum: 0, description: 'Levels below the start of this tree' }),
  parentId: Nullable({
    ...Id,
    description: 'The invocation whose job triggered this one; null at the start of this tree',
  }),
  lagMs: Nullable(
    Type.Number({
      format: 'double',
      description:
        'From the end of the job that triggered this invocation to its start, in ms; null at the start of this tree, and while the job has no duration; negative when they overlap, which is normal',
    }),
  ),
  clockSkew: Type.Boolean({
    description: 'It starts before the job that triggered it started: clocks of two hosts disagree',
  }),
  events: Type.Optional(Ref(NodeEventsSchema)),
  telemetryLoss: telemetryLossField,
  more: Type.Optional(Ref(MoreSchema)),
  cycle: Type.Optional(
    Type.Literal(true, { description: 'This invocation is its own descendant; the tree stops before it comes again' }),
  ),
}

export const TreeNodeSchema = Type.Unsafe<Branch<MoreLink>>(
  Type.Object(
    { ...nodeFields, jobs: Type.Array(Ref(NodeJobSchema)) },
    {
      $id: 'TreeNode',
      title: 'TreeNode',
      description: 'An invocation with its jobs, and below each job what it triggered',
    },
  ),
)

export const FlatJobSchema = Type.Object(nodeJobFields, {
  $id: 'FlatJob',
  title: 'FlatJob',
  description: 'A job of a node; what it triggered are the nodes whose sourceJobId is its id',
})

export const FlatNodeSchema = Type.Object(
  { ...nodeFields, jobs: Type.Array(Ref(FlatJobSchema)) },
  { $id: 'FlatNode', title: 'FlatNode', description: 'An invocation with its jobs' },
)
