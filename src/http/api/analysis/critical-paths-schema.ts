import { Type } from 'typebox'
import { hintField } from '../list-schema.ts'
import { Count, EnumParam, Id, Ms, NullableRef, Ref } from '../../schemas/values.ts'
import { figuresOf, figuresPageExample, linksExample, PercentilesSchema, Share } from './figures-schema.ts'

const costFields = {
  kind: EnumParam(['working', 'waiting'], 'working: it was at work; waiting: it was waited for, and had not begun'),
  of: EnumParam(['invocation', 'job'], 'An invocation (name is its function) or a job'),
  name: Type.String(),
  totalMs: { ...Ms, description: 'On the critical paths of all runs together, in ms' },
  share: { ...Share, description: 'The same as a share of the time of all runs, 0 to 1' },
  runs: { ...Count, description: 'Runs on whose critical path it is' },
  p50: { ...Ms, description: 'Of what it cost each of these, in ms' },
  p95: Ms,
}

export const CostBeforeSchema = Type.Object(costFields, {
  $id: 'CostBefore',
  title: 'CostBefore',
  description: 'The same of the window of equal length before',
})

export const PathCostSchema = Type.Object(
  { ...costFields, previous: Type.Optional(NullableRef(CostBeforeSchema, 'Null: it was on no critical path')) },
  { $id: 'PathCost', title: 'PathCost', description: 'What a job, a function or a wait cost on the critical paths' },
)

const endToEndFields = {
  runs: { ...Count, description: 'Runs whose critical path was looked at' },
  durationMs: NullableRef(PercentilesSchema, 'End to end; null if there is no run'),
  totalMs: Ms,
  workingMs: Ms,
  waitingMs: Ms,
}

export const EndToEndSchema = Type.Object(endToEndFields, {
  $id: 'EndToEnd',
  title: 'EndToEnd',
  description: 'How long runs took from end to end, in ms',
})

export const PathSampleSchema = Type.Object(
  {
    at: EnumParam(['p50', 'p95', 'worst'], 'Which run it is, by its duration'),
    id: { ...Id, description: 'The start of the run' },
    durationMs: Ms,
    criticalPath: Type.String({ description: 'The request for its critical path, as text' }),
  },
  { $id: 'PathSample', title: 'PathSample', description: 'A run that stands for others' },
)

export const PathsLeftOutSchema = Type.Object(
  {
    open: { ...Count, description: 'An invocation runs or is stale: they are not over' },
    tooLarge: { ...Count, description: 'They have more than 10,000 invocations, or 1,000 jobs of one' },
    unreached: { ...Count, description: 'No invocation of toFunction below them has ended' },
  },
  { $id: 'PathsLeftOut', title: 'PathsLeftOut', description: 'Runs of the window that are not counted' },
)

export const CriticalPathsSchema = figuresOf('CriticalPaths', PathCostSchema, {
  ...hintField,
  ...endToEndFields,
  previous: Type.Optional(Ref(EndToEndSchema)),
  samples: Type.Array(Ref(PathSampleSchema), { maxItems: 3 }),
  leftOut: Ref(PathsLeftOutSchema),
})

export const criticalPathsExample = {
  runs: 610,
  durationMs: { p50: 540, p95: 980, p99: 1900 },
  totalMs: 361_000,
  workingMs: 320_000,
  waitingMs: 41_000,
  samples: [
    {
      at: 'worst',
      id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
      durationMs: 4200,
      criticalPath: '/trees/3f2504e0-4f89-41d3-9a0c-0305e82c3301/critical-path?format=text',
    },
  ],
  data: [
    {
      kind: 'working',
      of: 'job',
      name: 'capture-payment',
      totalMs: 160_000,
      share: 0.443213,
      runs: 600,
      p50: 221,
      p95: 480,
    },
  ],
  leftOut: { open: 3, tooLarge: 0, unreached: 0 },
  page: figuresPageExample,
  links: linksExample,
  asOf: '2026-11-22T10:00:00.000000Z',
}
