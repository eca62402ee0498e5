/**
 * What is known of the links of the last 24 hours. recorded: the writer named the job. recovered: we did, and the answers show it. recoverable: we
 * found it, but a person took it back, or it is not shown yet. severed: the job that the payload names is gone or never came. unknown: the job may
 * still arrive, or had ended long before. Invocations of which nothing names a job are in none of them.
 */
export interface LinkCounts {
  recorded: number
  recovered: number
  recoverable: number
  severed: number
  unknown: number
}

/** What is counted, each once. */
export const countedLinks = ['recorded', 'recovered', 'recoverable', 'severed', 'unknown'] as const satisfies Array<
  keyof LinkCounts
>

/** The counts in a sentence for the log. */
export function toldCounts({ recorded, recovered, recoverable, severed, unknown }: LinkCounts): string {
  return `of the last 24 hours ${recorded} ${recorded === 1 ? 'is' : 'are'} recorded, ${recovered} recovered, ${recoverable} recoverable, ${severed} severed and ${unknown} unknown`
}
