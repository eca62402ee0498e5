import { compareInstants, instant } from '../instant.ts'

/** Adds up what has the same key; keys stand in the order in which they came. */
export function mergedBy<T>(all: readonly T[], key: (item: T) => string, add: (a: T, b: T) => T): T[] {
  const sums = new Map<string, T>()
  for (const item of all) {
    const own = key(item)
    const sum = sums.get(own)
    sums.set(own, sum === undefined ? item : add(sum, item))
  }
  return [...sums.values()]
}

/** The later of two instants; null is none. */
export function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  return isLater(a, b) ? a : b
}

/** The earlier of two instants; null is none. */
export function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  return isLater(a, b) ? b : a
}

export function isLater(a: string, b: string): boolean {
  return compareInstants(instant(a), instant(b)) > 0
}
