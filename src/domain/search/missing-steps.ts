import type { Named } from '../analysis/dependencies.ts'
import { instant, msBetween } from '../instant.ts'
import type { UsualEdge } from '../missing/usual.ts'

/** What an invocation of a tree ran, and which functions each of its jobs triggered. Instants are Postgres text. */
export interface NodeSteps {
  rootId: string
  invocationId: string
  sourceFunction: string
  ended: boolean
  createdAt: string
  jobs: Array<{ id: string; name: string; ended: boolean; createdAt: string; triggered: string[] }>
}

/** A step that normally follows, and did not. `id`: of the invocation or the job after which it is missing. */
export interface MissingStep {
  source: Named
  target: Named
  id: string
  invocationId: string
  support: number
  confidence: number
}

/** The steps of a tree that normally follow what ran in it, and did not: a job of a function, or what a job triggers. What runs, or ended too short a time ago, is not judged. */
export function missingSteps(nodes: readonly NodeSteps[], usual: readonly UsualEdge[], asOf: string): MissingStep[] {
  const patient = (edge: UsualEdge, at: string): boolean => (msBetween(instant(at), asOf) ?? 0) > edge.patienceMs
  const after = (kind: Named['kind'], name: string): UsualEdge[] =>
    usual.filter(({ source }) => source.kind === kind && source.name === name)
  return nodes.flatMap(({ invocationId, sourceFunction, ended, createdAt, jobs }) => {
    const ran = new Set(jobs.map(({ name }) => name))
    const ofFunction = ended ? after('function', sourceFunction) : []
    return [
      ...ofFunction
        .filter((edge) => !ran.has(edge.target.name) && patient(edge, createdAt))
        .map((edge) => stepOf(edge, invocationId, invocationId)),
      ...jobs
        .filter((job) => job.ended)
        .flatMap((job) =>
          after('job', job.name)
            .filter((edge) => !job.triggered.includes(edge.target.name) && patient(edge, job.createdAt))
            .map((edge) => stepOf(edge, job.id, invocationId)),
        ),
    ]
  })
}

function stepOf({ source, target, support, confidence }: UsualEdge, id: string, invocationId: string): MissingStep {
  return { source, target, id, invocationId, support, confidence }
}
