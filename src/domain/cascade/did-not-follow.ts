import { addMs, isBefore } from '../instant.ts'
import type { UsualEdge } from '../missing/usual.ts'
import type { Node } from '../tree/node.ts'
import type { DidNotFollow, RootCause } from './root-cause.ts'

/** What a root cause would normally lead to: a failed job to functions, an invocation or its handler to jobs. By the name of the job, or of the function. */
export interface Usual {
  edges: readonly UsualEdge[]
  /** Sources that ran often enough to say what follows them. */
  sources: ReadonlySet<string>
}

export interface UsualOf {
  job: Usual
  function: Usual
}

/** The name by which it is known what usually follows a root cause. */
export function sourceOf({ kind, name, sourceFunction }: Pick<RootCause, 'kind' | 'name' | 'sourceFunction'>): {
  kind: keyof UsualOf
  name: string
} {
  return kind === 'job' ? { kind: 'job', name } : { kind: 'function', name: sourceFunction }
}

/**
 * What normally follows a root cause and did not, once it has been over for longer than that usually takes. Null: its source ran too seldom to say, or it is not known when it ended.
 * `nodes`: of a tree that was read whole.
 */
export function didNotFollow(
  cause: Omit<RootCause, 'didNotFollow'>,
  nodes: readonly Node[],
  usual: UsualOf,
  asOf: string,
): DidNotFollow[] | null {
  const source = sourceOf(cause)
  const { edges, sources } = usual[source.kind]
  if (!sources.has(source.name)) return null
  const own = nodes.find(({ id }) => id === cause.invocationId)
  const endedAt =
    source.kind === 'job' ? own?.jobs.find(({ id }) => id === cause.id)?.endedAt : (own?.endedAt ?? undefined)
  if (!own || endedAt === null || endedAt === undefined) return null
  const followed = new Set(
    source.kind === 'job'
      ? nodes.flatMap((node) => (node.depth > 0 && node.sourceJobId === cause.id ? [node.sourceFunction] : []))
      : own.jobs.map(({ name }) => name),
  )
  return edges
    .filter((edge) => edge.source.name === source.name && !followed.has(edge.target.name))
    .filter(({ patienceMs }) => isBefore(addMs(endedAt, patienceMs), asOf))
    .map(({ target: { kind, name }, support, confidence }) => ({ kind, name, support, confidence }))
}
