import { manyOf, oneOf } from '../ask/search-params.ts'

const sorts = ['-trees', '-failureRate', '-p95', '-lastSeen', '-invocations'] as const

/** What the URL says of the shapes that are shown. */
export interface ShapesSearch {
  rootFunction?: string[] | undefined
  sort?: (typeof sorts)[number] | undefined
}

export function parseShapesSearch(search: Record<string, unknown>): ShapesSearch {
  return { rootFunction: manyOf(search['rootFunction']), sort: oneOf(search['sort'], sorts) }
}
