import { useSyncExternalStore } from 'react'
import type { Zone } from '../format/time.ts'

export type Theme = 'system' | 'light' | 'dark'

/** What a person likes, in this browser: no part of the URL, for who opens a pasted one likes something else. */
export interface Preferences {
  theme: Theme
  zone: Zone
}

const NAME = 'event-detector-preferences'
const DEFAULTS: Preferences = { theme: 'system', zone: 'local' }
const listeners = new Set<() => void>()
let current = read()

function read(): Preferences {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(NAME) ?? '{}') as Partial<Preferences>) }
  } catch {
    return DEFAULTS
  }
}

/** Changes some of them, now and for later visits. */
export function prefer(change: Partial<Preferences>): void {
  current = { ...current, ...change }
  localStorage.setItem(NAME, JSON.stringify(current))
  showTheme()
  for (const tell of listeners) tell()
}

/** The styles look at this attribute; without it the system decides. */
export function showTheme(): void {
  if (current.theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = current.theme
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    () => current,
  )
}

export function useZone(): Zone {
  return usePreferences().zone
}
