import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { components } from '../../../client/client.ts'
import { answerOf, client } from '../../ask/client.ts'

type Schemas = components['schemas']

/** What decided when the tree ended. `version`: it is asked for again when the tree has changed. */
export function useCriticalPath(rootId: string, version: string): UseQueryResult<Schemas['CriticalPath']> {
  return useQuery({
    queryKey: ['/trees/{id}/critical-path', rootId, version],
    queryFn: ({ signal }) =>
      answerOf(client.GET('/trees/{id}/critical-path', { params: { path: { id: rootId } }, signal })),
    meta: { once: true },
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** What failed first, and what ran below it nevertheless; asked for if anything failed. */
export function useTreeFailures(
  rootId: string,
  version: string,
  enabled: boolean,
): UseQueryResult<Schemas['TreeFailures']> {
  return useQuery({
    queryKey: ['/trees/{id}/failures', rootId, version],
    queryFn: ({ signal }) => answerOf(client.GET('/trees/{id}/failures', { params: { path: { id: rootId } }, signal })),
    enabled,
    meta: { once: true },
    staleTime: Number.POSITIVE_INFINITY,
  })
}
