import { LEAST, type History } from './history.ts'
import { pathOf, type Placed, type Position, type Run } from './positions.ts'

/** How a tree differs at one place. missing: it is not there. failed: it failed. slower: it took longer than p95 of its own history. extra: it is there, and is not usual. */
export const differenceKinds = ['missing', 'failed', 'slower', 'extra'] as const

export interface Difference {
  kind: (typeof differenceKinds)[number]
  of: 'function' | 'job'
  name: string
  /** The names from the start to it, the last LONGEST of them. */
  path: string[]
  /** The run; of what is missing: where it would have been, an invocation or a job. */
  id: string
  invocationId: string
  /** Null of what is missing. */
  status: string | null
  /** How often it is in this tree, and in the other one (null: it was compared with a baseline). */
  times: number
  otherTimes: number | null
  /** Of the trees of the baseline that have what stands above it, how many have it; null without a baseline. */
  seenIn: number | null
  outOf: number | null
  durationMs: number | null
  p95Ms: number | null
}

/** Names of a path that are shown. */
const LONGEST = 10

/** What is usual at a place: it follows what stands above it so often, or so seldom. The same measure as that of what is missing in a window. */
const USUAL = 0.95

/** With what a tree is compared: another tree, or what was usual before. History tells what is slow in either case; null: there is none. */
export interface Against {
  other: Placed | null
  history: History | null
}

/** How a tree differs, place by place: what is missing first, then what failed, what was slow (the most first), and what is extra. Below what is missing or extra nothing more is told. */
export function differences(own: Placed, { other, history }: Against): Difference[] {
  const tell = (kind: Difference['kind'], at: Position, run: Run | undefined): Difference => ({
    kind,
    of: at.kind,
    name: at.name,
    path: pathOf(at, LONGEST),
    id: run?.id ?? '',
    invocationId: run?.invocationId ?? '',
    status: kind === 'missing' ? null : (run?.status ?? null),
    times: own.get(at)?.length ?? 0,
    otherTimes: other && (other.get(at)?.length ?? 0),
    seenIn: history && at.parent && history.trees(at),
    outOf: history && at.parent && history.trees(at.parent),
    durationMs: kind === 'missing' ? null : (run?.durationMs ?? null),
    p95Ms: history && history.p95(at),
  })
  const lacking = other ? fewer(own, other) : history ? unusualLack(own, history) : []
  const more = other ? fewer(other, own) : history ? unusual(own, history) : []
  const [start] = [...own.values()].flat()
  const runs = [...own].flatMap(([at, all]) => all.map((run) => ({ at, run })))
  return [
    ...lacking.map((at) => tell('missing', at, at.parent === null ? start : own.get(at.parent)?.[0])),
    ...runs.filter(({ run }) => run.failed).map(({ at, run }) => tell('failed', at, run)),
    ...runs.flatMap(({ at, run }) => (isSlow(at, run, history) ? [tell('slower', at, run)] : [])).sort(bySlowness),
    ...more.map((at) => tell('extra', at, own.get(at)?.[0])),
  ]
}

/** Positions that stand in `a` less often than in `b`, without those below them. */
function fewer(a: Placed, b: Placed): Position[] {
  const found = new Set<Position>()
  const below = new Set<Position>()
  for (const [at, runs] of b) {
    if (at.parent && (found.has(at.parent) || below.has(at.parent))) below.add(at)
    else if ((a.get(at)?.length ?? 0) < runs.length) found.add(at)
  }
  return [...found]
}

/** What usually stands below what the tree has, and does not. */
function unusualLack(own: Placed, history: History): Position[] {
  return history.positions().filter((at) => {
    if (at.parent === null || own.has(at) || !own.has(at.parent)) return false
    const outOf = history.trees(at.parent)
    return outOf >= LEAST && history.trees(at) >= USUAL * outOf
  })
}

/** What the tree has and what usually does not stand there, without what stands below that. */
function unusual(own: Placed, history: History): Position[] {
  const outside = new Set<Position>()
  const found: Position[] = []
  for (const at of own.keys()) {
    if (at.parent === null) continue
    if (outside.has(at.parent)) {
      outside.add(at)
      continue
    }
    const outOf = history.trees(at.parent)
    if (outOf < LEAST || history.trees(at) > (1 - USUAL) * outOf) continue
    outside.add(at)
    found.push(at)
  }
  return found
}

function isSlow(at: Position, { durationMs }: Run, history: History | null): boolean {
  const p95 = history?.p95(at) ?? null
  return p95 !== null && durationMs !== null && durationMs > p95
}

function bySlowness(a: Difference, b: Difference): number {
  const excess = ({ durationMs, p95Ms }: Difference): number => (durationMs ?? 0) - (p95Ms ?? 0)
  return excess(b) - excess(a) || (a.id < b.id ? -1 : 1)
}
