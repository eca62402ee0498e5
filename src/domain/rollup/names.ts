import { later, mergedBy } from './merge.ts'

/** A name that so many rows have; `lastAt`: of the newest one. */
export interface NameFigures {
  name: string
  count: number
  lastAt: string
}

/** The same of several times together. */
export function addNames(all: readonly NameFigures[]): NameFigures[] {
  return mergedBy(
    all,
    ({ name }) => name,
    (a, b) => ({ name: a.name, count: a.count + b.count, lastAt: later(a.lastAt, b.lastAt) ?? a.lastAt }),
  )
}
