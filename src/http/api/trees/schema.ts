import type { Readable } from 'node:stream'
import { Type } from 'typebox'
import {
  AsOf,
  Count,
  EnumParam,
  Id,
  Instant,
  LinkSchema,
  Many,
  Ms,
  Nullable,
  NullableRef,
  Ref,
} from '../../schemas/values.ts'
import { FlatNodeSchema, TreeNodeSchema } from './node-schema.ts'

/** Where a tree begins, and what its nodes hold. */
export const startParams = {
  from: Type.Optional(EnumParam(['root'], 'root: climb to the root first, and show the whole tree')),
  include: Many(EnumParam(['events'], 'events: the detected events of each node')),
}

/** An answer that is written while it is read. */
export const Lines = Type.Unsafe<Readable | Buffer>({ type: 'string', description: 'Streamed, line by line' })

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

/** Of which tree an answer tells, and what is known above it. */
export const placeFields = {
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
}

export const truncatedField = { truncated: NullableRef(TruncatedSchema, 'Null where the tree is whole') }

const headFields = {
  ...placeFields,
  ancestors: Type.Array(Ref(AncestorSchema), { description: 'From the root to the parent' }),
  omittedAncestors: Type.Integer({
    minimum: 0,
    description: 'Ancestors left out between the root and the nearest 999',
  }),
  pruned: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        'With only=failed: invocations that are left out, for nothing in them failed, nor in what is shown below them. summary counts them',
    }),
  ),
  summary: Ref(TreeFiguresSchema),
  ...truncatedField,
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
