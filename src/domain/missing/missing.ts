import { share } from '../analysis/runs.ts'
import { instant } from '../instant.ts'
import type { UsualEdge } from './usual.ts'

/** The runs of one source in the window, told apart by what became of its target, as the queries count them. */
export interface JudgedRow {
  source: string
  target: string
  runs: number
  followed: number
  /** The target came, and later than the patience of the edge. */
  late: number
  missing: number
  /** They have not ended, or not long enough ago. */
  notJudged: number
  firstMissing: string | null
  lastMissing: string | null
  /** The newest ones that miss it, newest first; each is JSON of [id, invocationId, at, status]. */
  samples: string[] | null
}

/** A run that its usual target did not follow. */
export interface MissingRun {
  /** Of the job, or of the invocation. */
  id: string
  invocationId: string
  at: string
  status: string
}

export interface MissingEdge extends Omit<UsualEdge, 'patienceMs'> {
  runs: number
  followed: number
  late: number
  missing: number
  missingRate: number | null
  notJudged: number
  /** Runs of the target in the window whose triggering job is lost, so that so many of the missing ones may have happened; null: nobody looked, or the target is a job, whose invocation is always known. */
  severed: number | null
  firstMissing: string
  lastMissing: string
  samples: MissingRun[]
}

/** Of usual edges between two kinds those that miss something, with what became of the runs of each. `severed`: by the name of a function. */
export function missingEdges(
  usual: readonly UsualEdge[],
  judged: readonly JudgedRow[],
  severed: ReadonlyMap<string, number> | null,
): MissingEdge[] {
  const byEnds = new Map(judged.map((row) => [JSON.stringify([row.source, row.target]), row]))
  return usual.flatMap(({ patienceMs: _patienceMs, ...edge }) => {
    const row = byEnds.get(JSON.stringify([edge.source.name, edge.target.name]))
    if (!row || row.missing === 0 || row.firstMissing === null || row.lastMissing === null) return []
    const { runs, followed, late, missing, notJudged, firstMissing, lastMissing, samples } = row
    return {
      ...edge,
      runs,
      followed,
      late,
      missing,
      missingRate: share(missing, runs - notJudged),
      notJudged,
      severed: edge.target.kind === 'job' ? null : severed && (severed.get(edge.target.name) ?? 0),
      firstMissing: instant(firstMissing),
      lastMissing: instant(lastMissing),
      samples: (samples ?? []).map(missingRun),
    }
  })
}

function missingRun(text: string): MissingRun {
  const [id, invocationId, at, status] = JSON.parse(text) as [string, string, string, string]
  return { id, invocationId, at: instant(at), status }
}
