import { manyOf } from '../ask/search-params.ts'

export const chainFilters = [
  'triggeringJob',
  'triggeringFunction',
  'triggeredFunction',
  'status',
  'jobStatus',
  'correlationId',
] as const
export type ChainFilter = (typeof chainFilters)[number]

/** What the URL says of the list of links: the values of each filter. */
export type ChainsSearch = Partial<Record<ChainFilter, string[] | undefined>>

export function parseChainsSearch(search: Record<string, unknown>): ChainsSearch {
  return Object.fromEntries(
    chainFilters.flatMap((filter) => {
      const values = manyOf(search[filter])
      return values === undefined ? [] : [[filter, values]]
    }),
  )
}
