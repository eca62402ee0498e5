import { manyOf, oneOf } from '../ask/search-params.ts'

export const keptStates = ['recovered', 'mended', 'undone', 'ambiguous', 'pending', 'severed'] as const
export type KeptState = (typeof keptStates)[number]

/** What the URL says of the lost links that are shown. */
export interface LinksSearch {
  state?: KeptState[] | undefined
}

export function parseLinksSearch(search: Record<string, unknown>): LinksSearch {
  const state = manyOf(search['state'])?.flatMap((each) => oneOf(each, keptStates) ?? [])
  return { state: state?.length === 0 ? undefined : state }
}
