import { Type } from 'typebox'
import type { Branch, BranchJob } from '../../../domain/tree/nest.ts'
import type { MoreLink } from '../../links.ts'
import {
  AsOf,
  Count,
  EnumParam,
  EventStatusSchema,
  Id,
  Instant,
  LinkSchema,
  Message,
  Ms,
  Nullable,
  NullableRef,
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

export const summaryFields = {
  complete: Type.Boolean({ description: 'false where the tree was cut' }),
  invocations: Count,
  jobs: Count,
  failedInvocations: Count,
  failedJobs: Count,
  running: Type.Integer({ minimum: 0, description: 'Invocations and jobs that run, the stale ones apart' }),
  runningInvocations: Count,
  runningJobs: Count,
  stale: Type.Integer({ minimum: 0, description: 'Invocations and jobs that are stale' }),
}

export const period = {
  startedAt: Instant,
  endedAt: Nullable({ ...Instant, description: 'Null while an invocation runs or is stale' }),
  durationMs: Nullable({
    ...Ms,
    description: 'From the first start to the last end, in ms; null where there is no end',
  }),
}

export const AncestorSchema = Type.Object(
  { invocationId: Id, sourceFunction: Type.String(), jobId: Id, jobName: Type.String() },
  {
    $id: 'Ancestor',
    title: 'Ancestor',
    description: 'An invocation above a tree, with the job by which it triggered the next',
  },
)

export const TreeFiguresSchema = Type.Object(
  { ...summaryFields, maxDepth: Count, ...period },
  { $id: 'TreeFigures', title: 'TreeFigures', description: 'Of what was returned' },
)

export const TruncatedSchema = Type.Object(
  { reason: EnumParam(['max-nodes', 'max-depth', 'max-jobs'], 'The limit that cut it'), limit: Type.Integer() },
  { $id: 'Truncated', title: 'Truncated', description: 'Why a tree is not whole' },
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

const headFields = {
  asOf: AsOf,
  id: Id,
  rootId: Id,
  rootReached: Type.Boolean({
    description:
      'Nothing in the rows names a parent of rootId. Otherwise rootLink says why; recorded: the climb met a cycle, or 100,000 levels',
  }),
  rootLink: Ref(LinkSchema),
  rootNamedJobId: Nullable({
    ...Id,
    description: 'The job that the payload of rootId names where sourceJobId is empty',
  }),
  ancestors: Type.Array(Ref(AncestorSchema), { description: 'From the root to the parent' }),
  omittedAncestors: Type.Integer({
    minimum: 0,
    description: 'Ancestors left out between the root and the nearest 999',
  }),
  summary: Ref(TreeFiguresSchema),
  truncated: NullableRef(TruncatedSchema, 'Null where the tree is whole'),
}

/** One schema for both shapes: of `oneOf` the Java client refuses every answer, because both classes take it, and of `anyOf` it takes the first. */
export const TreeSchema = Type.Object(
  {
    ...headFields,
    tree: Type.Optional(Ref(TreeNodeSchema)),
    nodes: Type.Optional(
      Type.Array(Ref(FlatNodeSchema), {
        description:
          'With shape=flat, instead of tree; by (depth, createdAt, id): the start first, parents before children',
      }),
    ),
  },
  { $id: 'Tree', title: 'Tree', description: 'A tree: nested in tree, or with shape=flat all of it in nodes' },
)
