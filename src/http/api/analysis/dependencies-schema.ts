import { Type } from 'typebox'
import { hintField } from '../list-schema.ts'
import { changes } from '../../../domain/analysis/changes.ts'
import { Count, EnumParam, Id, Instant, Ms, Nullable, NullableRef, Ref } from '../../schemas/values.ts'
import { figuresOf, figuresPageExample, linksExample, PercentilesSchema, Share } from './figures-schema.ts'

const Kind = EnumParam(['job', 'function'], 'A job, or a function')

export const NamedSchema = Type.Object({ kind: Kind, name: Type.String() }, { $id: 'Named', title: 'Named' })

export const DependencyNodeSchema = Type.Object(
  {
    kind: Kind,
    name: Type.String(),
    runs: { ...Count, description: 'Runs that began in the window' },
    failed: { ...Count, description: 'Of these; a function that crashed has failed' },
    crashed: { ...Count, description: 'Of a function: runs in which an event crashed' },
    failureRate: Share,
    durationMs: NullableRef(PercentilesSchema, 'Null where no run has a duration'),
    totalMs: Nullable({ ...Ms, description: 'All durations together, in ms' }),
  },
  { $id: 'DependencyNode', title: 'DependencyNode', description: 'A job or a function, and its runs in the window' },
)

export const FanOutSchema = Type.Object(
  { avg: Type.Number({ format: 'double' }), max: Count },
  {
    $id: 'FanOut',
    title: 'FanOut',
    description: 'Runs of the target for each run of the source that led to any',
  },
)

export const LagSchema = Type.Object({ p50: Ms, p95: Ms }, { $id: 'Lag', title: 'Lag' })

const lag = NullableRef(
  LagSchema,
  'From the end of the source job to the start of the target, in ms; negative is normal, for a job writes before it ends. From a function to its job: from start to start. Null where no run of the source has a duration',
)

const edgeFigures = {
  times: { ...Count, description: 'Runs of the target that the source led to' },
  runs: { ...Count, description: 'Runs of the source that began in the window' },
  runsWithout: { ...Count, description: 'Of these, those that led to no run of the target in the window' },
  withoutRate: Share,
  failed: { ...Count, description: 'Of times: runs of the target that failed or crashed' },
  failureRate: Share,
}

export const EdgeBeforeSchema = Type.Object(
  { ...edgeFigures, lagMs: lag },
  { $id: 'EdgeBefore', title: 'EdgeBefore', description: 'The same of the window before' },
)

export const DependencyEdgeSchema = Type.Object(
  {
    source: Ref(NamedSchema),
    target: Ref(NamedSchema),
    ...edgeFigures,
    fanOut: Ref(FanOutSchema),
    lagMs: lag,
    firstSeen: Instant,
    lastSeen: Instant,
    sampleId: { ...Id, description: 'The newest run of the target' },
    sampleTree: Type.String({ description: 'The request for the tree around it' }),
    change: Type.Optional(
      EnumParam(
        changes,
        'With compareTo: since the window before. changed: a figure differs by more than 3 standard errors',
      ),
    ),
    changed: Type.Optional(
      Type.Array(
        EnumParam(['times', 'withoutRate', 'failureRate'], 'A figure that differs by more than 3 standard errors'),
      ),
    ),
    previous: Type.Optional(NullableRef(EdgeBeforeSchema, 'Null: the edge was not there')),
  },
  { $id: 'DependencyEdge', title: 'DependencyEdge', description: 'What leads to what, how often, and how' },
)

export const DependenciesSchema = figuresOf('Dependencies', DependencyEdgeSchema, {
  ...hintField,
  nodes: Type.Array(Ref(DependencyNodeSchema), { description: 'What the edges of this page lead from and to' }),
})

const named = {
  source: { kind: 'job', name: 'capture-payment' },
  target: { kind: 'function', name: 'on-payment-captured' },
}

export const dependenciesExample = {
  data: [
    {
      ...named,
      times: 612,
      runs: 640,
      runsWithout: 28,
      withoutRate: 0.04375,
      failed: 12,
      failureRate: 0.019608,
      fanOut: { avg: 1, max: 1 },
      lagMs: { p50: -12, p95: 140 },
      firstSeen: '2026-11-21T10:01:02.120000Z',
      lastSeen: '2026-11-22T09:48:02.120000Z',
      sampleId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
      sampleTree: '/trees/7c9e6679-7425-40de-944b-e07fc1f90ae7?from=root',
    },
  ],
  nodes: [
    {
      ...named.source,
      runs: 640,
      failed: 3,
      crashed: 0,
      failureRate: 0.004688,
      durationMs: { p50: 221, p95: 480, p99: 900 },
      totalMs: 160_000,
    },
    {
      ...named.target,
      runs: 610,
      failed: 12,
      crashed: 2,
      failureRate: 0.019672,
      durationMs: { p50: 400, p95: 700, p99: 1200 },
      totalMs: 250_000,
    },
  ],
  page: figuresPageExample,
  links: linksExample,
  asOf: '2026-11-22T10:00:00.000000Z',
}
