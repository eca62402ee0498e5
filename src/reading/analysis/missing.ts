import { edgeKey } from '../../domain/analysis/dependencies.ts'
import { instant } from '../../domain/instant.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { learntWindow } from '../../domain/missing/learnt-window.ts'
import { missingEdges, type MissingEdge } from '../../domain/missing/missing.ts'
import type { UsualEdge, UsualRule } from '../../domain/missing/usual.ts'
import { rankedPage, type Ranked, type RankedRequest } from '../../domain/paging/ranked.ts'
import { severedCounts } from '../../queries/analysis/missing.ts'
import type { Bound, Looked, Opening } from './bounded.ts'
import { figuresWithin, type FigureRules, type LookedFigures } from './figures-within.ts'
import { examinedPage, type FiguresPage } from './figures-page.ts'
import { judge } from './judged.ts'
import { learn, learnOfHours, ledKinds, nothingLearnt, type Learnt } from './learnt.ts'

export interface MissingQuery extends UsualRule {
  /** Only edges from or to one of these jobs or functions. */
  name?: string[] | undefined
}

/** A page of edges that normally follow and did not. */
export interface MissingPage extends FiguresPage<MissingEdge> {
  learnt: Pick<Learnt, 'lengthMs' | 'sampled'> & {
    /** Edges that normally follow. */
    edges: number
  }
}

/** Figures that edges are sorted by. */
export const missingFigures = {
  missing: ({ missing }) => missing,
  missingRate: ({ missingRate }) => missingRate,
  confidence: ({ confidence }) => confidence,
  lastMissing: ({ lastMissing }) => lastMissing,
  name: () => null,
} satisfies Record<string, (edge: MissingEdge) => Ranked>

/** The runs of a window that what normally follows did not follow. `fewLinks`: most links are not known, so that nothing could be told. */
export function readMissing(
  db: Opening,
  asked: RankedRequest,
  { name, ...rule }: MissingQuery,
  rules: FigureRules,
  fewLinks: boolean,
  bounds?: readonly Bound[],
): Promise<MissingPage> {
  const { linkWay } = rules
  return figuresWithin(
    db,
    'job_executions',
    asked,
    rules,
    async (looked) => {
      const { snapshot, stretch, sampled } = looked
      const learnt = fewLinks ? nothingLearnt : await learntBefore(looked, asked, rule, linkWay)
      const severed = fewLinks ? null : await severedIn(looked, linkWay)
      const missing: MissingEdge[] = []
      const sum = { edges: 0, examined: 0 }
      for (const kind of ledKinds) {
        const usual = learnt.edges[kind].filter(isNamed(name))
        const judged = await judge(looked, kind, usual, linkWay)
        missing.push(...missingEdges(usual, judged, severed))
        sum.edges += usual.length
        sum.examined += judged.reduce((all, { runs }) => all + runs, 0)
      }
      const { data, page } = rankedPage(asked, missing, {
        value: (edge, figure) => missingFigures[figure as keyof typeof missingFigures](edge),
        key: edgeKey,
      })
      const { edges, examined } = sum
      const { lengthMs, sampled: ofSome } = learnt
      return {
        data,
        learnt: { edges, lengthMs, sampled: ofSome },
        page: examinedPage(page, {
          groups: missing.length,
          groupsCut: false,
          examined,
          sampled,
          stretch,
          rollups: looked.source.used(),
        }),
        asOf: instant(snapshot.asOf),
      }
    },
    bounds,
  )
}

async function learntBefore(
  { snapshot, rows, rollups }: LookedFigures,
  asked: RankedRequest,
  rule: UsualRule,
  way: RowRules['linkWay'],
): Promise<Learnt> {
  const window = learntWindow(asked)
  if (window === null) return nothingLearnt
  const ofHours = rollups && (await learnOfHours(rollups, window, rule))
  if (ofHours !== null) return ofHours
  return learn(snapshot, { window, rows, names: { 'job function': null, 'function job': null } }, rule, way)
}

/** By function; null where nobody keeps what became of lost links. */
async function severedIn({ snapshot, stretch }: Looked, way: RowRules['linkWay']) {
  if (way === 'column') return null
  return new Map((await severedCounts(snapshot, stretch)).map(({ name, count }) => [name, count]))
}

function isNamed(names: readonly string[] | undefined): (edge: UsualEdge) => boolean {
  return ({ source, target }) => names === undefined || names.includes(source.name) || names.includes(target.name)
}
