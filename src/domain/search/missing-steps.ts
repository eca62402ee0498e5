/** A step from one name to the next: a function ran a job, or a job triggered a function. */
export interface Step {
  source: { kind: 'function' | 'job'; name: string }
  target: { kind: 'function' | 'job'; name: string }
}

/** What ran in an invocation, and what that triggered. `like`: which invocations it is compared with. */
export interface StepsRow {
  id: string
  like: string
  ended: boolean
  /** Names of its jobs, and pairs of a job and a function that it triggered; each once. */
  jobs: string[]
  triggered: Array<[job: string, func: string]>
  sourceFunction: string
}

/** A step that most invocations of this kind took: `seen` of `of`. */
export interface MissingStep extends Step {
  seen: number
  of: number
}

/** A step is usual if at least so many of the invocations that could have taken it did. */
const USUAL = 0.8
/** Of fewer invocations nothing is said to be usual. */
const LEAST = 10

/**
 * The steps that invocations like this one usually take and that this one did not. A job is compared with all of them, and what a job triggers with those
 * that ran it: what follows a job that is missing is not told as well. Null if nobody knows: it has not ended, or there are fewer than 10 to compare with.
 */
export function missingSteps(own: StepsRow, others: readonly StepsRow[]): MissingStep[] | null {
  const like = others.filter(({ id, like: kind, ended }) => ended && kind === own.like && id !== own.id)
  if (!own.ended || like.length < LEAST) return null
  const jobs = usual(counted(like.flatMap((row) => row.jobs)), () => like.length).filter(
    ({ name }) => !own.jobs.includes(name),
  )
  const ran = counted(like.flatMap((row) => row.jobs))
  const pairs = usual(
    counted(like.flatMap((row) => row.triggered.map(pairKey))),
    (key) => ran.get(jobOf(key)) ?? 0,
  ).filter(({ name }) => own.jobs.includes(jobOf(name)) && !own.triggered.some((pair) => pairKey(pair) === name))
  return [
    ...jobs.map(({ name, seen, of }) => ({
      source: { kind: 'function' as const, name: own.sourceFunction },
      target: { kind: 'job' as const, name },
      seen,
      of,
    })),
    ...pairs.map(({ name, seen, of }) => ({
      source: { kind: 'job' as const, name: jobOf(name) },
      target: { kind: 'function' as const, name: functionOf(name) },
      seen,
      of,
    })),
  ]
}

function usual(
  counts: ReadonlyMap<string, number>,
  of: (name: string) => number,
): Array<{ name: string; seen: number; of: number }> {
  return [...counts]
    .map(([name, seen]) => ({ name, seen, of: of(name) }))
    .filter(({ seen, of: all }) => all >= LEAST && seen >= USUAL * all)
    .toSorted((a, b) => b.seen - a.seen || (a.name < b.name ? -1 : 1))
}

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

function pairKey(pair: readonly [string, string]): string {
  return JSON.stringify(pair)
}

function jobOf(key: string): string {
  return (JSON.parse(key) as [string, string])[0]
}

function functionOf(key: string): string {
  return (JSON.parse(key) as [string, string])[1]
}
