/** Links of some time. */
export interface LinkFigures {
  count: number
}

/** The same of several times together. */
export function addLinks(all: readonly LinkFigures[]): LinkFigures[] {
  return [{ count: all.reduce((sum, { count }) => sum + count, 0) }]
}
