import { hasFailed, isFailure } from '../model/status.ts'
import type { Node } from '../tree/node.ts'

/** A place in the structure of trees: a function or a job by its name, below others. Trees that have it share it. */
export interface Position {
  kind: 'function' | 'job'
  name: string
  /** Null: the start. */
  parent: Position | null
}

/** What ran at a position of one tree: an invocation of the function, or the job. */
export interface Run {
  id: string
  invocationId: string
  status: string
  failed: boolean
  durationMs: number | null
}

/** The runs of one tree by their positions, parents before what stands below them. */
export type Placed = Map<Position, Run[]>

/** Tells the positions of trees. Each is kept once, by its parent and its name, so that a chain of 5,000 costs 5,000 names and not their paths. */
export function createPositions(): (nodes: readonly Node[]) => Placed {
  const below = new Map<Position | null, Map<string, Position>>()
  const positionOf = (parent: Position | null, kind: Position['kind'], name: string): Position => {
    const own = below.get(parent) ?? new Map<string, Position>()
    below.set(parent, own)
    const position = own.get(`${kind} ${name}`) ?? { kind, name, parent }
    own.set(`${kind} ${name}`, position)
    return position
  }
  return (nodes) => {
    const placed: Placed = new Map()
    const jobs = new Map<string, Position>()
    for (const node of nodes) {
      const { id, sourceFunction, sourceJobId, status, durationMs } = node
      const at = positionOf(node.depth === 0 ? null : (jobs.get(sourceJobId ?? '') ?? null), 'function', sourceFunction)
      add(placed, at, { id, invocationId: id, status, failed: hasFailed(node), durationMs })
      for (const job of node.jobs) {
        const ofJob = positionOf(at, 'job', job.name)
        jobs.set(job.id, ofJob)
        const { status: ended, durationMs: took } = job
        add(placed, ofJob, { id: job.id, invocationId: id, status: ended, failed: isFailure(ended), durationMs: took })
      }
    }
    return placed
  }
}

function add(placed: Placed, at: Position, run: Run): void {
  const others = placed.get(at)
  if (others) others.push(run)
  else placed.set(at, [run])
}

/** The names from the start to a position, at most the last so many. */
export function pathOf(position: Position, most: number): string[] {
  const names: string[] = []
  for (let at: Position | null = position; at !== null && names.length < most; at = at.parent) names.push(at.name)
  return names.reverse()
}
