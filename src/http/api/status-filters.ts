import { wrongParameters } from '../problems/wrong-parameters.ts'

/** By parameter, the statuses that were given, and those that may be: see Statuses. */
type StatusFilters = Record<string, { given: readonly string[] | undefined; allowed: readonly string[] }>

/** Throws a problem for a status that neither the writers use nor the database names: nothing could have it, and an empty list would not say so. */
export function refuseUnknownStatuses(filters: StatusFilters): void {
  const errors = Object.entries(filters).flatMap(([parameter, { given = [], allowed }]) => {
    const unknown = given.find((status) => !allowed.includes(status))
    return unknown === undefined
      ? []
      : [
          {
            parameter,
            given: unknown.slice(0, 200),
            allowed: `one of ${allowed.join(', ')}; up to 100 values, repeating the parameter`,
          },
        ]
  })
  if (errors.length > 0) throw wrongParameters(errors)
}
