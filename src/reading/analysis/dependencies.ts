import { comparedEdges, type Change, type ComparedEdge } from '../../domain/analysis/changes.ts'
import {
  dependencyEdges,
  dependencyNode,
  edgeKey,
  edgesAround,
  type DependencyEdge,
  type DependencyNode,
  type Named,
} from '../../domain/analysis/dependencies.ts'
import { noRuns, type RunsRow } from '../../domain/analysis/runs.ts'
import { previousStretch, type Window } from '../../domain/analysis/window.ts'
import { instant } from '../../domain/instant.ts'
import { rankedPage, type Ranked, type RankedRequest } from '../../domain/paging/ranked.ts'
import type { EdgeKind } from '../../queries/analysis/edges.ts'
import { MOST_GROUPS } from '../../queries/analysis/within.ts'
import type { Bound, Opening } from './bounded.ts'
import { figuresWithin, type FigureRules } from './figures-within.ts'
import { examinedPage, type FiguresPage } from './figures-page.ts'
import type { FigureSource } from '../rollups/rows.ts'

export type Level = 'job' | 'function' | 'both'

/** What is asked of the graph beside its page. */
export interface DependencyQuery {
  level: Level
  /** The name of a job or a function, and how many steps away from it. */
  around?: string | undefined
  hops: number
  compareTo?: 'previous' | undefined
  change?: Change[] | undefined
}

/** A page of edges, and the nodes that they lead from and to. */
export interface Dependencies extends FiguresPage<ComparedEdge> {
  nodes: DependencyNode[]
}

/** Figures that edges are sorted by. */
export const edgeFigures = {
  times: ({ times }) => times,
  failed: ({ failed }) => failed,
  failureRate: ({ failureRate }) => failureRate,
  withoutRate: ({ withoutRate }) => withoutRate,
  lagP95: ({ lagMs }) => lagMs && lagMs.p95,
  lastSeen: ({ lastSeen }) => lastSeen,
  name: () => null,
} satisfies Record<string, (edge: DependencyEdge) => Ranked>

const kinds: Record<Level, readonly EdgeKind[]> = {
  job: ['job job'],
  function: ['function function'],
  both: ['job function', 'function job'],
}

/** Which jobs lead to which functions and jobs, how often, and how. */
export function readDependencies(
  db: Opening,
  asked: RankedRequest,
  { level, around, hops, compareTo, change }: DependencyQuery,
  rules: FigureRules,
  bounds?: readonly Bound[],
): Promise<Dependencies> {
  return figuresWithin(
    db,
    'invocations',
    asked,
    rules,
    async ({ snapshot, stretch, sampled, source }) => {
      const now = await graphOf(source, stretch, level)
      const edges: readonly ComparedEdge[] =
        compareTo === undefined ? now.edges : await compared(source, now, previousStretch(asked, stretch.from), level)
      const near = around === undefined ? edges : edgesAround(edges, around, hops)
      const wanted = change === undefined ? near : near.filter(({ change: own }) => own && change.includes(own))
      const { data, page } = rankedPage<ComparedEdge>(asked, wanted, {
        value: (edge, figure) => edgeFigures[figure as keyof typeof edgeFigures](edge),
        key: edgeKey,
      })
      return {
        data,
        nodes: nodesOf(data, now),
        page: examinedPage(page, {
          groups: wanted.length,
          groupsCut: now.groupsCut,
          examined: now.examined,
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

interface Graph {
  edges: DependencyEdge[]
  runs: Record<Named['kind'], Map<string, RunsRow>>
  examined: number
  groupsCut: boolean
}

async function graphOf(source: FigureSource, window: Window, level: Level): Promise<Graph> {
  const jobs = level === 'function' ? [] : await source.runs('job', window)
  const functions = level === 'job' ? [] : await source.runs('function', window)
  const byName = (rows: RunsRow[]) => new Map(rows.map((row) => [row.name, row]))
  const runs = { job: byName(jobs), function: byName(functions) }
  const edges: DependencyEdge[] = []
  let groupsCut = jobs.length > MOST_GROUPS || functions.length > MOST_GROUPS
  for (const kind of kinds[level]) {
    const rows = await source.edges(kind, window)
    groupsCut ||= rows.length > MOST_GROUPS
    const [from, to] = kind.split(' ') as [Named['kind'], Named['kind']]
    edges.push(...dependencyEdges({ source: from, target: to, rows: rows.slice(0, MOST_GROUPS) }, runs[from]))
  }
  const examined = [...jobs, ...functions].reduce((sum, { runs }) => sum + runs, 0)
  return { edges, runs, examined, groupsCut }
}

async function compared(source: FigureSource, now: Graph, window: Window, level: Level): Promise<ComparedEdge[]> {
  const before = await graphOf(source, window, level)
  return comparedEdges(now.edges, before.edges, ({ source }) => now.runs[source.kind].get(source.name)?.runs ?? 0)
}

/** Each node once that an edge leads from or to; one that did not run in the window has figures of nothing. */
function nodesOf(edges: readonly DependencyEdge[], { runs }: Graph): DependencyNode[] {
  const nodes = new Map<string, DependencyNode>()
  for (const { kind, name } of edges.flatMap(({ source, target }) => [source, target])) {
    const row = runs[kind].get(name) ?? noRuns(name)
    nodes.set(`${kind} ${name}`, dependencyNode(kind, row))
  }
  return [...nodes.values()]
}
