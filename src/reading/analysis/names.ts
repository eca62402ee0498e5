import { nearest } from '../../domain/analysis/nearest.ts'
import type { Window } from '../../domain/analysis/window.ts'
import { instant } from '../../domain/instant.ts'
import { rankedPage, type Ranked, type RankedRequest } from '../../domain/paging/ranked.ts'
import { nameKinds, type NameKind } from '../../queries/analysis/names.ts'
import { MOST_GROUPS } from '../../queries/analysis/within.ts'
import type { Bound, Opening } from './bounded.ts'
import { figuresWithin, type FigureRules } from './figures-within.ts'
import { examinedPage, type FiguresPage } from './figures-page.ts'

export { nameKinds, type NameKind }

/** A name that rows of the window have, and how many of them. */
export interface KnownName {
  kind: NameKind
  name: string
  count: number
  lastAt: string
}

export interface NamesQuery {
  kind?: NameKind[] | undefined
  /** A part of the name, in whatever case. */
  text?: string | undefined
}

/** Figures that names are sorted by. */
export const nameFigures = {
  count: ({ count }) => count,
  lastAt: ({ lastAt }) => lastAt,
  name: () => null,
} satisfies Record<string, (name: KnownName) => Ranked>

/** The names that rows of a window have: of functions, jobs, detected events, tables and systems. */
export function readNames(
  db: Opening,
  asked: RankedRequest,
  { kind, text }: NamesQuery,
  rules: FigureRules,
  bounds?: readonly Bound[],
): Promise<FiguresPage<KnownName>> {
  return figuresWithin(
    db,
    'invocations',
    asked,
    rules,
    async ({ snapshot, stretch, sampled, source }) => {
      const all: KnownName[] = []
      let groupsCut = false
      for (const each of nameKinds.filter((name) => kind?.includes(name) ?? true)) {
        const rows = await source.names(each, stretch)
        groupsCut ||= rows.length > MOST_GROUPS
        for (const { name, count, lastAt } of rows.slice(0, MOST_GROUPS))
          all.push({ kind: each, name, count, lastAt: instant(lastAt) })
      }
      const wanted =
        text === undefined ? all : all.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
      const { data, page } = rankedPage(asked, wanted, {
        value: (each, figure) => nameFigures[figure as keyof typeof nameFigures](each),
        key: (each) => JSON.stringify([each.name, each.kind]),
      })
      const examined = all.reduce((sum, { count }) => sum + count, 0)
      return {
        data,
        page: examinedPage(page, {
          groups: wanted.length,
          groupsCut,
          examined,
          sampled,
          stretch,
          rollups: source.used(),
        }),
        asOf: instant(snapshot.asOf),
      }
    },
    bounds,
  )
}

/** A filter whose values no row of the window has, and the known names that are most like the first of them. */
export interface Hint {
  parameter: string
  given: string
  known: string[]
}

/** The values of a filter on names, and what has such names. */
export interface NamedFilter {
  parameter: string
  given: readonly string[]
  kinds: readonly NameKind[]
}

const NEAREST = 5
/** Of so many names, the most frequent ones, it is looked how like they are: 1,000 take 10 ms. */
const MOST_COMPARED = 1000

/** Tells the first filter none of whose values a row of the window has; undefined if there is none, or if it takes too long to look. */
export async function hintFor(
  db: Opening,
  window: Window,
  filters: readonly NamedFilter[],
  rules: FigureRules,
): Promise<Hint | undefined> {
  return figuresWithin(
    db,
    'invocations',
    window,
    rules,
    async ({ stretch, sampled, source }) => {
      for (const { parameter, given, kinds } of filters) {
        const names = new Set<string>()
        for (const kind of kinds) for (const { name } of await source.names(kind, stretch)) names.add(name)
        const [first] = given
        if (sampled || names.size > MOST_GROUPS || first === undefined || given.some((each) => names.has(each)))
          continue
        return { parameter, given: first, known: nearest(first, [...names].slice(0, MOST_COMPARED), NEAREST) }
      }
      return undefined
    },
    [{ rows: null, statementTimeout: 1000 }],
  ).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === '57014') return undefined
    throw error
  })
}
