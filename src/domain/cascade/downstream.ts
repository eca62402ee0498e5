import { compareInstants } from '../instant.ts'
import { hasFailed, isFailure } from '../model/status.ts'
import type { Node, TreeJob } from '../tree/node.ts'

/** What ran below a failure nevertheless: of a job what it triggered, of a handler or a function its jobs too. */
export interface Downstream {
  invocations: number
  jobs: number
  failedInvocations: number
  failedJobs: number
  /** The first that were triggered, by (createdAt, id), at most SHOWN of them. */
  data: RanBelow[]
}

export interface RanBelow {
  id: string
  sourceFunction: string
  status: string
  stale: boolean
  crashed: boolean
  createdAt: string
  sourceJobId: string | null
}

/** Invocations that are shown below one failure. */
export const SHOWN = 20

/** Tells what ran below the jobs of a failure. Trees below two failures without a failed ancestor share nothing but the jobs of a crashed handler, so all of them take two passes at most. */
export function ranBelow(
  nodes: readonly Node[],
): (kind: 'job' | 'handler' | 'invocation', jobs: readonly TreeJob[]) => Downstream {
  const triggered = new Map<string, Node[]>()
  for (const node of nodes) {
    if (node.depth === 0 || node.sourceJobId === null) continue
    const others = triggered.get(node.sourceJobId)
    if (others) others.push(node)
    else triggered.set(node.sourceJobId, [node])
  }
  return (kind, jobs) => {
    const below: Node[] = []
    const open = [...jobs]
    for (let job = open.pop(); job; job = open.pop()) {
      for (const node of triggered.get(job.id) ?? []) {
        below.push(node)
        for (const each of node.jobs) open.push(each)
      }
    }
    below.sort((a, b) => compareInstants(a.createdAt, b.createdAt) || (a.id < b.id ? -1 : 1))
    const own = kind === 'job' ? [] : jobs
    const ran = [...own, ...below.flatMap((node) => node.jobs)]
    return {
      invocations: below.length,
      jobs: ran.length,
      failedInvocations: below.filter(hasFailed).length,
      failedJobs: ran.filter(({ status }) => isFailure(status)).length,
      data: below.slice(0, SHOWN).map(({ id, sourceFunction, status, stale, crashed, createdAt, sourceJobId }) => ({
        id,
        sourceFunction,
        status,
        stale,
        crashed,
        createdAt,
        sourceJobId,
      })),
    }
  }
}
