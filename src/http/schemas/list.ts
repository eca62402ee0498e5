import { Type, type TProperties, type TSchema } from 'typebox'
import { FormatParam, InstantParam, Instant, Nullable } from './values.ts'

const LIMIT = 50

/** The parameters of every list. */
export const listParams = (maxPage: number) => ({
  from: Type.Optional(InstantParam('Only rows created at or after this instant')),
  to: Type.Optional(InstantParam('Only rows created before this instant')),
  window: Type.Optional(Type.String({ maxLength: 10, 'x-allowed': 'a whole number and a unit of s, m, h, d, w, e.g. 6h', description: 'Only rows created so long before now, instead of from and to' })),
  order: Type.Unsafe<'asc' | 'desc'>({ type: 'string', enum: ['desc', 'asc'], default: 'desc', description: 'By (createdAt, id): newest first, or oldest first' }),
  limit: Type.Integer({ minimum: 1, maximum: maxPage, default: Math.min(LIMIT, maxPage), description: 'Rows a page' }),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 1000, 'x-allowed': 'the nextCursor of an earlier page', description: 'Go on after an earlier page of the same list; opaque' })),
  ...FormatParam,
})

const pageFields = {
  limit: Type.Integer(),
  from: Nullable(Instant),
  to: Nullable(Instant),
  nextCursor: Nullable(Type.String({ description: 'Null on the last page' })),
}

/** `{ data, page }` of a list, with its Link header; `more` are further fields of the page, often none. */
export function listResponse<T extends TSchema, M extends TProperties>(item: T, description: string, example: unknown, more: M) {
  const page = Type.Object({ ...pageFields, ...more }, { description: 'The page: its limit, the resolved window ([from, to), null: unbounded) and the way to the next' })
  return {
    description,
    headers: { link: { type: 'string', description: 'rel="next": the next page, absent on the last' } },
    content: { 'application/json': { schema: Type.Object({ data: Type.Array(item), page }), example } },
  }
}

export const pageExample = { limit: LIMIT, from: '2026-11-21T10:00:00.000000Z', to: '2026-11-22T10:00:00.000000Z', nextCursor: null }
