import { useSyncExternalStore } from 'react'

/** Below this the details lie over the views instead of beside them; tree.css has the same width. */
const NARROW = '(max-width: 900px)'

/** Whether the page is narrow. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (tell) => {
      const query = matchMedia(NARROW)
      query.addEventListener('change', tell)
      return () => query.removeEventListener('change', tell)
    },
    () => matchMedia(NARROW).matches,
  )
}
