import type { components } from '../../../client/client.ts'

type Schemas = components['schemas']

/** What normally follows a step, and was not there. */
export type Missing = Schemas['DidNotFollow']

/** By the id of a step, what normally follows it and did not. */
export type MissingSteps = ReadonlyMap<string, readonly Missing[]>

/** Of these root causes; that of an event is told of its invocation. */
export function missingSteps(causes: readonly Schemas['RootCause'][]): MissingSteps {
  return new Map(
    causes.flatMap(({ kind, id, invocationId, didNotFollow }) =>
      didNotFollow === null || didNotFollow.length === 0 ? [] : [[kind === 'job' ? id : invocationId, didNotFollow]],
    ),
  )
}
