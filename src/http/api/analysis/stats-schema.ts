import { Type } from 'typebox'
import { hintField } from '../list-schema.ts'
import { Count, Instant, Ms, Nullable, NullableRef, Ref } from '../../schemas/values.ts'
import { figuresOf, figuresPageExample, linksExample, PercentilesSchema, Share } from './figures-schema.ts'

export const statsFields = {
  runs: { ...Count, description: 'Runs that began in the window; of an event: how often it was detected' },
  failed: { ...Count, description: 'Of these; a function or an event that crashed has failed' },
  crashed: Count,
  failureRate: Share,
  durationMs: NullableRef(PercentilesSchema, 'Null where no run has a duration; of an event: of its handler'),
  totalMs: Nullable({ ...Ms, description: 'All durations together, in ms' }),
}

export const StatsBeforeSchema = Type.Object(statsFields, {
  $id: 'StatsBefore',
  title: 'StatsBefore',
  description: 'The same of the window of equal length before',
})

export const PointSchema = Type.Object(
  { from: Instant, to: Instant, runs: Count, failed: Count, p95: Nullable({ ...Ms, description: 'Of the durations' }) },
  { $id: 'Point', title: 'Point', description: 'One bucket; zeros where nothing ran' },
)

export const StatsSchema = Type.Object(
  {
    name: Type.String(),
    checked: Type.Optional({ ...Count, description: 'Of an event: how often it was looked for, detected or not' }),
    ...statsFields,
    neverFired: Type.Boolean({
      description:
        'It did not run in the window: an event that was looked for in vain, or what is stuck, or what ran in the window before',
    }),
    lastAt: Nullable({
      ...Instant,
      description: 'Start of the last run in the window; of an event: of its invocation',
    }),
    stuckNow: { ...Count, description: 'Rows of all time that say that they run, and nothing does (stale)' },
    stuckSince: Nullable({ ...Instant, description: 'Start of the first of these' }),
    previous: Type.Optional(Ref(StatsBeforeSchema)),
    series: Type.Optional(
      Type.Array(Ref(PointSchema), { description: 'With bucket: all of the window, oldest first' }),
    ),
  },
  { $id: 'Stats', title: 'Stats', description: 'The runs of one job, function or event' },
)

export const StatsListSchema = figuresOf('StatsList', StatsSchema, {
  ...hintField,
  stuckCut: Type.Boolean({ description: 'More than 10,000 rows say that they run, and only so many were looked at' }),
})

export const statsExample = {
  data: [
    {
      name: 'capture-payment',
      runs: 640,
      failed: 3,
      crashed: 0,
      failureRate: 0.004688,
      durationMs: { p50: 221, p95: 480, p99: 900 },
      totalMs: 160_000,
      neverFired: false,
      lastAt: '2026-11-22T09:48:01.902000Z',
      stuckNow: 0,
      stuckSince: null,
    },
  ],
  stuckCut: false,
  page: figuresPageExample,
  links: linksExample,
  asOf: '2026-11-22T10:00:00.000000Z',
}
