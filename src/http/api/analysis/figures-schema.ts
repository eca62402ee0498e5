import { Type, type TProperties, type TSchema } from 'typebox'
import { bucketLengths, type BucketLength } from '../../../domain/analysis/buckets.ts'
import { Count, EnumParam, Instant, Ms, Nullable, NullableRef, AsOf, Ref } from '../../schemas/values.ts'
import { pageParams, windowParams } from '../list-schema.ts'

/** The parameters of every answer of figures. `figures`: what it is sorted by, and `unasked` if nothing is said. */
export const figuresParams = (maxPage: number, figures: readonly string[], unasked: string) => ({
  ...windowParams,
  sort: Type.Unsafe<string>({
    ...EnumParam(
      figures.flatMap((figure) => [figure, `-${figure}`]),
      'The figure by which groups are sorted, with - before it the largest first; then by name. What has no figure stands last',
    ),
    default: unasked,
  }),
  ...pageParams(maxPage, 'Groups'),
})

export const CompareParam = {
  compareTo: Type.Optional(
    EnumParam(['previous'], 'previous: adds the figures of the window of equal length right before'),
  ),
}

/** How figures are laid out in time. */
export const seriesParams = {
  bucket: Type.Optional(
    EnumParam(
      Object.keys(bucketLengths) as BucketLength[],
      'Adds a series (of statistics to each name): runs by minute, 5 minutes, hour or day',
    ),
  ),
  timeZone: Type.String({
    minLength: 1,
    maxLength: 100,
    pattern: '^[A-Za-z0-9_+/-]*$',
    examples: ['UTC', 'Europe/Berlin'],
    'x-allowed': 'a time zone of the IANA database such as Europe/Berlin, or UTC',
    default: 'UTC',
    description: 'The IANA time zone in which hours and days of a bucket begin',
  }),
}

export const Share = Nullable(
  Type.Number({ format: 'double', minimum: 0, maximum: 1, description: 'A share, 0 to 1; null: of nothing' }),
)

export const PercentilesSchema = Type.Object(
  { p50: Ms, p95: Ms, p99: Ms },
  {
    $id: 'Percentiles',
    title: 'Percentiles',
    description:
      'By nearest rank: the smallest duration that so many of a hundred runs do not exceed. Exact if page.rollups is null, and of trees; otherwise off by 1 % at most',
  },
)

export const RollupsUsedSchema = Type.Object(
  {
    countedAt: {
      ...Instant,
      description: 'When the hour was counted that was so longest ago; no part of the ETag',
    },
  },
  {
    $id: 'RollupsUsed',
    title: 'RollupsUsed',
    description:
      'Full hours (in UTC) that were counted before, and the rows of the rest. Counts are exact as of countedAt, percentiles off by 1 % at most. /shapes and /critical-paths: trees that were summed up before, and percentiles are exact',
  },
)

export const FiguresPageSchema = Type.Object(
  {
    limit: Type.Integer(),
    from: Instant,
    to: Instant,
    nextCursor: Nullable(Type.String({ description: 'Null on the last page' })),
    groups: { ...Count, description: 'Groups on all pages' },
    groupsCut: Type.Boolean({ description: 'There are more than 5,000 groups; the rarest are left out' }),
    examined: { ...Count, description: 'Rows that were counted' },
    sampled: Type.Boolean({
      description: 'Counting all of the window took too long: the figures are exact for [examinedFrom, to) alone',
    }),
    examinedFrom: Nullable({ ...Instant, description: 'Null: all of the window was counted' }),
    rollups: NullableRef(RollupsUsedSchema, 'Null: all rows were counted for this answer, exactly'),
  },
  {
    $id: 'FiguresPage',
    title: 'FiguresPage',
    description: 'The page, its window, and what the figures were made from',
  },
)

export const KnownLinksSchema = Type.Object(
  {
    known: Nullable(
      Type.Number({
        format: 'double',
        minimum: 0,
        maximum: 1,
        description: 'Share of the links that are known; null: there is none',
      }),
    ),
    recorded: { ...Count, description: 'Links that the writer recorded' },
    recovered: { ...Count, description: 'Links that the service found, and shows' },
    recoverable: { ...Count, description: 'Invocations whose payload names a job, and nothing else does' },
    severed: { ...Count, description: 'The job that the payload names is gone, or never came' },
    unknown: { ...Count, description: 'The job may still arrive, or had ended long before' },
    lookedAt: { ...Instant, description: 'When they were counted; no part of the ETag' },
  },
  {
    $id: 'KnownLinks',
    title: 'KnownLinks',
    description:
      'How many links are known: of the last 24 hours as the worker counted them, or where none runs, of the newest 1,000 invocations, of which recoverable holds all that the payload alone names',
  },
)

export const NoteField = Type.Optional(
  Type.String({
    description: 'Stands first if fewer than half of the links are known: what is missing here may have happened',
  }),
)

/** `{ note, data, page, links, asOf }` under a name of its own, with what it has beside them. */
export const figuresOf = <T extends TSchema, P extends TProperties>(name: string, item: T, more: P) =>
  Type.Object(
    {
      note: NoteField,
      data: Type.Array(Ref(item)),
      ...more,
      page: Ref(FiguresPageSchema),
      links: NullableRef(KnownLinksSchema, 'Null: nobody could look'),
      asOf: AsOf,
    },
    { $id: name, title: name },
  )

export const figuresPageExample = {
  limit: 50,
  from: '2026-11-21T10:00:00.000000Z',
  to: '2026-11-22T10:00:00.000000Z',
  nextCursor: null,
  groups: 1,
  groupsCut: false,
  examined: 1250,
  sampled: false,
  examinedFrom: null,
  rollups: null,
}

export const linksExample = {
  known: 0.98,
  recorded: 490,
  recovered: 0,
  recoverable: 10,
  severed: 0,
  unknown: 0,
  lookedAt: '2026-11-22T09:59:40.000000Z',
}
