import { manyOf, oneOf } from '../ask/search-params.ts'

export const failureKinds = ['job', 'event', 'function'] as const
const sorts = ['-count', '-lastSeen', '-trees', 'name'] as const

/** What the URL says of the causes that are shown. */
export interface FailuresSearch {
  kind?: string[] | undefined
  name?: string[] | undefined
  text?: string[] | undefined
  /** Only what the window before did not have. */
  fresh?: true | undefined
  sort?: (typeof sorts)[number] | undefined
}

export function parseFailuresSearch(search: Record<string, unknown>): FailuresSearch {
  return {
    kind: manyOf(search['kind'])?.filter((kind) => oneOf(kind, failureKinds)),
    name: manyOf(search['name']),
    text: manyOf(search['text'])?.slice(0, 1),
    fresh: search['fresh'] === 'true' || search['fresh'] === true ? true : undefined,
    sort: oneOf(search['sort'], sorts),
  }
}
