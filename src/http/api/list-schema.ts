import { Type, type TSchema } from 'typebox'
import type { ColumnsOf } from '../../domain/fields.ts'
import { CURSOR_ALLOWED } from '../../domain/paging/cursor.ts'
import { WINDOW, WINDOW_ALLOWED } from '../../domain/paging/page.ts'
import {
  AsOf,
  Count,
  FieldsParam,
  FormatParam,
  InstantParam,
  Instant,
  Nullable,
  NullableRef,
  Ref,
} from '../schemas/values.ts'

const LIMIT = 50

/** The window of what is asked for. */
export const windowParams = {
  from: Type.Optional(InstantParam('Only rows created at or after this instant')),
  to: Type.Optional(InstantParam('Only rows created before this instant')),
  window: Type.Optional(
    Type.String({
      pattern: WINDOW.source,
      maxLength: 10,
      'x-allowed': WINDOW_ALLOWED,
      description: 'Only rows created so long before now, instead of from and to',
    }),
  ),
}

/** How much of a list one answer shows, and where it begins. */
export const pageParams = (maxPage: number, what = 'Rows') => ({
  limit: Type.Integer({
    minimum: 1,
    maximum: maxPage,
    default: Math.min(LIMIT, maxPage),
    description: `${what} a page`,
  }),
  cursor: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9_-]+$',
      maxLength: 1000,
      'x-allowed': CURSOR_ALLOWED,
      description: 'Go on after an earlier page of the same list; opaque',
    }),
  ),
  ...FormatParam,
})

/** The parameters of every list of rows; `columnsOf` these its fields are made. */
export const listParams = (maxPage: number, columnsOf: ColumnsOf) => ({
  ...windowParams,
  fields: FieldsParam(columnsOf, 'each row'),
  order: Type.Unsafe<'asc' | 'desc'>({
    type: 'string',
    enum: ['desc', 'asc'],
    default: 'desc',
    description: 'By (createdAt, id): newest first, or oldest first',
  }),
  ...pageParams(maxPage),
})

/** What the lists of what runs take beside them. */
export const runningParams = {
  stale: Type.Optional(
    Type.Boolean({
      description:
        'true: only what is stale, over all time unless from, to or window say otherwise; false: only the others. 2000 rows are looked at for a page (page.examined)',
    }),
  ),
  olderThan: Type.Optional(
    Type.String({
      pattern: WINDOW.source,
      maxLength: 10,
      'x-allowed': WINDOW_ALLOWED,
      description:
        'Only what runs, stale or not, and began so long before asOf, e.g. 15m; over all time unless from, to or window say otherwise',
    }),
  ),
}

export const pageFields = {
  limit: Type.Integer(),
  from: Nullable(Instant),
  to: Nullable(Instant),
  nextCursor: Nullable(Type.String({ description: 'Null on the last page' })),
}

const PAGE = 'The page: its limit, the resolved window ([from, to), null: unbounded) and the way to the next'
const EXAMINED =
  'Roots looked at for this page, up to the last one shown; with a status, and without summaries, 2000 at most, so where it is rare a page may hold fewer than its limit and still have a next one'

const STALE_EXAMINED =
  'With stale: rows looked at for this page, up to the last one shown; 2000 at most, so a page may hold fewer than its limit and still have a next one'

export const PageSchema = Type.Object(
  { ...pageFields, examined: Type.Optional({ ...Count, description: STALE_EXAMINED }) },
  { $id: 'Page', title: 'Page', description: PAGE },
)
export const TreeCoverSchema = Type.Object(
  {
    checkedAt: {
      ...Instant,
      description:
        'When the hour was looked at that was so longest ago: what has changed since may not be in the figures. No part of the ETag',
    },
    examinedFrom: Nullable({
      ...Instant,
      description: 'Trees that began before it are not summed up, and are left out; null: all of the window is',
    }),
  },
  {
    $id: 'TreeCover',
    title: 'TreeCover',
    description: 'The trees were summed up before, as the worker found them; the roots are as they are now',
  },
)
export const TreesPageSchema = Type.Object(
  {
    ...pageFields,
    examined: { ...Count, description: EXAMINED },
    summaries: NullableRef(TreeCoverSchema, 'Null: the trees were walked for this answer'),
  },
  { $id: 'TreesPage', title: 'TreesPage', description: PAGE },
)

export const HintSchema = Type.Object(
  {
    parameter: { ...Type.String(), description: 'A filter' },
    given: { ...Type.String(), description: 'Its value, which no row of the window has' },
    known: Type.Array(Type.String(), { maxItems: 5, description: 'The names of the window that are most like it' }),
  },
  { $id: 'Hint', title: 'Hint', description: 'Why nothing was found' },
)

export const hintField = {
  hint: Type.Optional(Ref(HintSchema)),
}

/** `{ data, page, asOf }` of a list, under a name of its own. */
export const listOf = <T extends TSchema, P extends TSchema>(name: string, item: T, page: P) =>
  Type.Object({ data: Type.Array(Ref(item)), page: Ref(page), asOf: AsOf }, { $id: name, title: name })

/** The same of a list that filters by names. */
export const hintedListOf = <T extends TSchema, P extends TSchema>(name: string, item: T, page: P) =>
  Type.Object({ data: Type.Array(Ref(item)), page: Ref(page), asOf: AsOf, ...hintField }, { $id: name, title: name })

/** The answer of a list, with its Link header. */
export function listResponse<T extends TSchema>(list: T, description: string, example: unknown) {
  return {
    description,
    headers: { link: { type: 'string', description: 'rel="next": the next page, absent on the last' } },
    content: { 'application/json': { schema: Ref(list), example } },
  }
}

export const pageExample = {
  limit: LIMIT,
  from: '2026-11-21T10:00:00.000000Z',
  to: '2026-11-22T10:00:00.000000Z',
  nextCursor: null,
}

export const asOfExample = '2026-11-22T10:00:00.000000Z'
