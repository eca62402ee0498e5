import { failureKey, mergedFailures, type FailureGroup } from '../analysis/failures.ts'
import { mergedBy } from './merge.ts'

/** The failures of one cause in some time, which can be added up, without the messages of their samples: these are read when they are shown. */
export type FailureFigures = Omit<FailureGroup, 'invocationIds'>

/** Which invocations failed by one cause, each with the root of its tree. */
export interface FailingFigures extends Pick<FailureGroup, 'kind' | 'name' | 'cause'> {
  invocations: ReadonlyArray<readonly [id: string, root: string]>
}

export function addFailures(all: readonly FailureFigures[]): FailureFigures[] {
  return mergedBy(all, failureKey, mergedFailures)
}

export function addFailing(all: readonly FailingFigures[]): FailingFigures[] {
  return mergedBy(all, failureKey, (a, b) => ({
    ...a,
    invocations: [...new Map([...a.invocations, ...b.invocations])],
  }))
}

export function withoutMessages({
  kind,
  name,
  cause,
  count,
  firstSeen,
  lastSeen,
  samples,
}: FailureGroup): FailureFigures {
  const told = samples.map(({ id, invocationId, at }) => ({ id, invocationId, at, message: null }))
  return { kind, name, cause, count, firstSeen, lastSeen, samples: told }
}

export function failingOf(
  { kind, name, cause, invocationIds }: FailureGroup,
  roots: ReadonlyMap<string, string>,
): FailingFigures {
  return { kind, name, cause, invocations: [...new Set(invocationIds)].map((id) => [id, roots.get(id) ?? id] as const) }
}
