import { instant } from '../instant.ts'
import { percentilesOf, share, type RunsRow } from './runs.ts'

/** What leads to what: the job of an invocation, or the function that ran. */
export interface Named {
  kind: 'job' | 'function'
  name: string
}

/** One edge as the queries read it: instances of a source that led to instances of a target in the window. */
export interface EdgeRow {
  source: string
  target: string
  times: number
  failed: number
  /** Runs of the source that led to it, and those of them that began in the window. */
  sources: number
  sourcesInWindow: number
  maxFanOut: number
  /** p50 and p95; null where no end of a source is known. */
  lag: [number, number] | null
  firstSeen: string
  lastSeen: string
  sampleId: string
}

/** By the kinds of what it leads from and to. */
export interface EdgesRead {
  source: Named['kind']
  target: Named['kind']
  rows: EdgeRow[]
}

/** A function or a job with its runs in the window. */
export type DependencyNode = ReturnType<typeof dependencyNode>

export function dependencyNode(kind: Named['kind'], { name, runs, failed, crashed, percentiles, totalMs }: RunsRow) {
  return {
    kind,
    name,
    runs,
    failed,
    crashed,
    failureRate: share(failed, runs),
    durationMs: percentilesOf(percentiles),
    totalMs,
  }
}

/** How often one thing led to another, and how. */
export interface DependencyEdge {
  source: Named
  target: Named
  times: number
  /** Runs of the source that began in the window, and those that led to no run of the target in it. */
  runs: number
  runsWithout: number
  withoutRate: number | null
  failed: number
  failureRate: number | null
  /** How many runs of the target each run of the source led to that led to any. */
  fanOut: { avg: number; max: number }
  /** From the end of the source to the start of the target (of a function and its job: from start to start), ms. */
  lagMs: { p50: number; p95: number } | null
  firstSeen: string
  lastSeen: string
  /** The newest run of the target: its tree holds the edge. */
  sampleId: string
}

/** `runs`: of the source, by name. */
export function dependencyEdges(
  { source, target, rows }: EdgesRead,
  runs: ReadonlyMap<string, RunsRow>,
): DependencyEdge[] {
  return rows.map((row) => {
    const all = runs.get(row.source)?.runs ?? 0
    const runsWithout = all - row.sourcesInWindow
    return {
      source: { kind: source, name: row.source },
      target: { kind: target, name: row.target },
      times: row.times,
      runs: all,
      runsWithout,
      withoutRate: share(runsWithout, all),
      failed: row.failed,
      failureRate: share(row.failed, row.times),
      fanOut: { avg: rounded(row.times / row.sources), max: row.maxFanOut },
      lagMs: row.lag && { p50: rounded(row.lag[0]), p95: rounded(row.lag[1]) },
      firstSeen: instant(row.firstSeen),
      lastSeen: instant(row.lastSeen),
      sampleId: row.sampleId,
    }
  })
}

/** What an edge is told apart by. */
export function edgeKey({ source, target }: Pick<DependencyEdge, 'source' | 'target'>): string {
  return JSON.stringify([source.name, target.name, source.kind, target.kind])
}

/** Those edges that stand within so many steps, in either direction, of a job or a function of this name. */
export function edgesAround<E extends Pick<DependencyEdge, 'source' | 'target'>>(
  edges: readonly E[],
  name: string,
  hops: number,
): E[] {
  const nodeKey = ({ kind, name: own }: Named): string => `${kind} ${own}`
  const near = new Set<string>([`job ${name}`, `function ${name}`])
  let found: E[] = []
  for (let step = 0; step < hops; step += 1) {
    const more = edges.filter(({ source, target }) => near.has(nodeKey(source)) || near.has(nodeKey(target)))
    if (more.length === found.length) break
    found = more
    for (const { source, target } of more) near.add(nodeKey(source)).add(nodeKey(target))
  }
  return found
}

/** To the microsecond, of milliseconds. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
