import { msOf } from '../format/time.ts'

/** An answer that came: its asOf, when it came by the clock of this page, and by that of the service (its Date header), in ms. */
interface Seen {
  asOf: string
  at: number
  date: number
}

/** By URL, the one that came last. */
const seen = new Map<string, Seen>()
const MOST = 300

/** Whether an answer to this URL came since the page was opened. Only then may the browser take the body that it holds, for its age is known. */
export function isSeen(url: string): boolean {
  return seen.has(url)
}

/**
 * The answer with the time when the service confirmed it. After a 304 the browser gives the body that it holds, with the asOf of then: what has passed
 * since is added, or all ages would stand still. The clock of the page may stop while a computer sleeps; the Date header, which counts whole seconds, does not.
 */
export function confirmed<T>(answer: T, { url, headers }: Response): T {
  if (!hasAsOf(answer)) return answer
  const now: Seen = { asOf: answer.asOf, at: performance.now(), date: Date.parse(headers.get('date') ?? '') }
  const before = seen.get(url)
  if (before?.asOf !== answer.asOf) {
    remember(url, now)
    return answer
  }
  const bySleeper = now.date - before.date - 1000
  const passed = Math.max(now.at - before.at, Number.isNaN(bySleeper) ? 0 : bySleeper)
  return { ...answer, asOf: new Date(msOf(answer.asOf) + passed).toISOString() }
}

function remember(url: string, answer: Seen): void {
  seen.delete(url)
  seen.set(url, answer)
  const [oldest] = seen.keys()
  if (seen.size > MOST && oldest !== undefined) seen.delete(oldest)
}

function hasAsOf(answer: unknown): answer is { asOf: string } {
  return typeof answer === 'object' && answer !== null && 'asOf' in answer && typeof answer.asOf === 'string'
}
