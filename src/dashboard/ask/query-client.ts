import { QueryCache, QueryClient } from '@tanstack/react-query'
import { statusOf } from './client.ts'
import { wantKey } from './key-wanted.ts'

/** Answers are kept for a view that comes back; how fresh they are says their asOf. A refusal is final; a service that is away is asked again at the next refresh. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (statusOf(error) === 401) wantKey(true)
    },
  }),
  defaultOptions: {
    queries: {
      // A browser may believe to be offline while the service runs on the same machine.
      networkMode: 'always',
      staleTime: 10_000,
      retry: (count, error) => count < 1 && (statusOf(error) ?? 503) >= 500,
      retryDelay: 1000,
      refetchOnWindowFocus: true,
    },
  },
})
