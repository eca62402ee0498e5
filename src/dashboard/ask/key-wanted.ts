import { useSyncExternalStore } from 'react'

let wanted = false
const listeners = new Set<() => void>()

/** The service asked for a key, or took none that was shown: the dialog opens. */
export function wantKey(value: boolean): void {
  wanted = value
  for (const tell of listeners) tell()
}

/** Whether a key has to be entered. */
export function useKeyWanted(): boolean {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    () => wanted,
  )
}
