import type { FastifyRequest } from 'fastify'
import type { RowRules } from '../../domain/liveness.ts'
import { hintFor, type Hint, type NameKind } from '../../reading/analysis/names.ts'
import type { Opening } from '../../reading/analysis/bounded.ts'

/** By parameter, what has the names that it filters by. */
export type NamedParams = Readonly<Record<string, readonly NameKind[]>>

/** What to say of an answer that shows nothing: the filter whose value no row of the window has, if there is one. Only of the first page, and of a window with two ends. */
export async function hintOf(
  db: Opening,
  request: FastifyRequest,
  { data, page }: { data: readonly unknown[]; page: { from: string | null; to: string | null } },
  params: NamedParams,
  rules: RowRules,
): Promise<Hint | undefined> {
  const query = request.query as Readonly<Record<string, unknown>>
  const { from, to } = page
  if (data.length > 0 || query['cursor'] !== undefined || from === null || to === null) return undefined
  const filters = Object.entries(params).flatMap(([parameter, kinds]) => {
    const value = query[parameter]
    return value === undefined ? [] : [{ parameter, kinds, given: [value].flat() as string[] }]
  })
  return filters.length === 0 ? undefined : hintFor(db, { from, to }, filters, rules)
}
