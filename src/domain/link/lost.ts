/** Of the newest invocations without a source job: how many were looked at, and how many of their payloads name a job. */
export interface RootlikeCounts {
  looked: number
  named: number
}

/** What to say if the writer does not record most links; undefined if it does. */
export function lostLinksText({ looked, named }: RootlikeCounts): string | undefined {
  if (named * 2 <= looked) return undefined
  return `${named} of the last ${looked} invocations without a source job name one in their payload: their links are not recorded, so their trees begin below their parents (rootLink says so). Run "npm run links -- scan" to find and keep them (docs/links.md)`
}
