import { useIsFetching, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

const EVERY = 15_000
/** While an answer is missing: so soon is seen that the service is back. */
const EVERY_AFTER_FAILURE = 3000

/** What is under the pointer stays as it is: a row that moves away is the wrong one to click. */
const POINTED = '[data-steady]:hover'

/** Asks again for all that is shown, every 15 s, unless the tab is hidden or the pointer rests on a list. */
export function useRefresh(): void {
  const client = useQueryClient()
  useEffect(() => {
    const failed = (): boolean =>
      client
        .getQueryCache()
        .findAll({ type: 'active' })
        .some(({ state }) => state.status === 'error')
    let last = performance.now()
    const timer = setInterval(() => {
      const due = performance.now() - last >= (failed() ? EVERY_AFTER_FAILURE : EVERY)
      if (!due || document.hidden || document.querySelector(POINTED) !== null) return
      last = performance.now()
      void client.refetchQueries({ type: 'active', predicate: ({ meta }) => meta?.['once'] !== true })
    }, 1000)
    return () => clearInterval(timer)
  }, [client])
}

/** Whether anything is being asked for. */
export function useAsking(): boolean {
  return useIsFetching() > 0
}
