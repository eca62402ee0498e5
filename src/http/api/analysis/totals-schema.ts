import { Type } from 'typebox'
import { AsOf, Count, EnumParam, Instant, NullableRef, Nullable, Ref } from '../../schemas/values.ts'
import { KnownLinksSchema, linksExample, NoteField, RollupsUsedSchema } from './figures-schema.ts'
import { PointSchema, StatsBeforeSchema, statsFields } from './stats-schema.ts'

export const TotalsOfSchema = Type.Object(
  {
    ...statsFields,
    previous: Type.Optional(Ref(StatsBeforeSchema)),
    changed: Type.Optional(
      Type.Array(
        EnumParam(
          ['runs', 'failureRate'],
          'With compareTo: a figure that differs from that before by more than 3 standard errors',
        ),
      ),
    ),
    series: Type.Optional(
      Type.Array(Ref(PointSchema), { description: 'With bucket: all of the window, oldest first' }),
    ),
  },
  { $id: 'TotalsOf', title: 'TotalsOf', description: 'All invocations, or all jobs, of a window' },
)

export const LinkCountSchema = Type.Object(
  {
    count: { ...Count, description: 'Invocations of the window that a job is known to have triggered' },
    previousCount: Type.Optional({ ...Count, description: 'With compareTo: those of the window before' }),
  },
  { $id: 'LinkCount', title: 'LinkCount' },
)

export const TotalsDataSchema = Type.Object(
  { invocations: Ref(TotalsOfSchema), jobs: Ref(TotalsOfSchema), links: Ref(LinkCountSchema) },
  { $id: 'TotalsData', title: 'TotalsData' },
)

export const TotalsWindowSchema = Type.Object(
  {
    from: Instant,
    to: Instant,
    examined: { ...Count, description: 'Rows that were counted' },
    sampled: Type.Boolean({
      description: 'Counting all of the window took too long: the figures are exact for [examinedFrom, to) alone',
    }),
    examinedFrom: Nullable({ ...Instant, description: 'Null: all of the window was counted' }),
    rollups: NullableRef(RollupsUsedSchema, 'Null: all rows were counted for this answer, exactly'),
  },
  { $id: 'TotalsWindow', title: 'TotalsWindow', description: 'The window, and what the figures were made from' },
)

export const TotalsSchema = Type.Object(
  {
    note: NoteField,
    data: Ref(TotalsDataSchema),
    window: Ref(TotalsWindowSchema),
    links: NullableRef(KnownLinksSchema, 'Null: nobody could look'),
    asOf: AsOf,
  },
  { $id: 'Totals', title: 'Totals', description: 'What happened in a window as a whole' },
)

const figures = {
  runs: 640,
  failed: 3,
  crashed: 1,
  failureRate: 0.004688,
  durationMs: { p50: 221, p95: 480, p99: 900 },
  totalMs: 160_000,
}

export const totalsExample = {
  data: { invocations: figures, jobs: { ...figures, crashed: 0 }, links: { count: 512 } },
  window: {
    from: '2026-11-21T10:00:00.000000Z',
    to: '2026-11-22T10:00:00.000000Z',
    examined: 1280,
    sampled: false,
    examinedFrom: null,
    rollups: null,
  },
  links: linksExample,
  asOf: '2026-11-22T10:00:00.000000Z',
}
