import { nearestRank, percentilesIn } from '../analysis/nearest-rank.ts'
import { share, type Percentiles } from '../analysis/runs.ts'
import { rounded } from '../analysis/dependencies.ts'
import type { CriticalPath, Segment } from './critical-path.ts'

/** What one job, function or wait cost on the critical paths of many runs; times in ms. */
export interface PathCost {
  /** working: it was at work; waiting: what it was waited for. */
  kind: Segment['kind']
  of: Segment['of']
  name: string
  totalMs: number
  /** Of the time of all runs, 0 to 1; null if they took none. */
  share: number | null
  /** Runs on whose critical path it is, and what it cost of each of these. */
  runs: number
  p50: number
  p95: number
}

/** A run that stands for others. */
export interface PathSample {
  at: 'p50' | 'p95' | 'worst'
  id: string
  durationMs: number
}

/** The critical paths of many runs, summed up. */
export interface PathFigures {
  runs: number
  /** End to end; null if there is no run. */
  durationMs: Percentiles | null
  totalMs: number
  workingMs: number
  waitingMs: number
  costs: PathCost[]
  samples: PathSample[]
}

/** What one run cost: how long it took, and each part of its critical path once; times in ms, to the microsecond. */
export interface RunCosts {
  durationMs: number
  parts: Array<[kind: PathCost['kind'], of: PathCost['of'], name: string, ms: number]>
}

/** The parts of a critical path, those of one kind and name together. Null: it has no end. */
export function runCosts({ durationMs, segments, endedAt }: CriticalPath): RunCosts | null {
  if (endedAt === null) return null
  const parts = new Map<string, RunCosts['parts'][number]>()
  for (const { kind, of, name, durationMs: ms } of segments) {
    const key = costKey({ kind, of, name })
    const part = parts.get(key)
    if (part) part[3] = rounded(part[3] + ms)
    else parts.set(key, [kind, of, name, ms])
  }
  return { durationMs, parts: [...parts.values()] }
}

/** Sums up critical paths, one by one, in any order. */
export function createPathCosts() {
  const runs: Array<{ id: string; durationMs: number }> = []
  const parts = new Map<string, { first: Pick<PathCost, 'kind' | 'of' | 'name'>; byRun: number[] }>()
  const sum = { working: 0, waiting: 0 }
  return {
    /** `id`: of the start of the run. */
    add(id: string, run: RunCosts): void {
      runs.push({ id, durationMs: run.durationMs })
      for (const [kind, of, name, ms] of run.parts) {
        const key = costKey({ kind, of, name })
        sum[kind] += ms
        const part = parts.get(key)
        if (part) part.byRun.push(ms)
        else parts.set(key, { first: { kind, of, name }, byRun: [ms] })
      }
    },
    figures(): PathFigures {
      const durations = runs.map(({ durationMs }) => durationMs)
      const totalMs = durations.reduce((all, ms) => all + ms, 0)
      return {
        runs: runs.length,
        durationMs: percentilesIn(durations),
        totalMs: rounded(totalMs),
        workingMs: rounded(sum.working),
        waitingMs: rounded(sum.waiting),
        costs: [...parts.values()].map(({ first, byRun }) => costOf(first, byRun, totalMs)),
        samples: samplesOf(runs),
      }
    },
  }
}

function costOf(
  { kind, of, name }: Pick<PathCost, 'kind' | 'of' | 'name'>,
  byRun: readonly number[],
  whole: number,
): PathCost {
  const totalMs = byRun.reduce((all, ms) => all + ms, 0)
  const sorted = byRun.toSorted((a, b) => a - b)
  return {
    kind,
    of,
    name,
    totalMs: rounded(totalMs),
    share: share(totalMs, whole),
    runs: byRun.length,
    p50: rounded(nearestRank(sorted, 0.5)),
    p95: rounded(nearestRank(sorted, 0.95)),
  }
}

/** The runs at p50 and p95 by nearest rank, and the longest; of equally long ones by their ids. */
function samplesOf(runs: ReadonlyArray<{ id: string; durationMs: number }>): PathSample[] {
  const sorted = runs.toSorted((a, b) => a.durationMs - b.durationMs || (a.id < b.id ? -1 : 1))
  return (['p50', 'p95', 'worst'] as const).flatMap((at) => {
    const part = { p50: 0.5, p95: 0.95, worst: 1 }[at]
    const run = sorted[Math.max(1, Math.ceil(part * sorted.length)) - 1]
    return run ? [{ at, ...run }] : []
  })
}

/** What a cost is told apart by. */
export function costKey({ kind, of, name }: Pick<PathCost, 'kind' | 'of' | 'name'>): string {
  return JSON.stringify([name, kind, of])
}
