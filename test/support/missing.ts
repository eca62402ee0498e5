import { grouped, instant, percentile, share, within, type Facts, type Span } from './analysis.ts'

/** What normally follows and did not, in plain loops over all rows. Imports nothing of the service, so that a mistake there cannot hide here. */

const DAY = 86_400_000_000

interface Source {
  id: string
  invocation: string
  name: string
  status: string
  at: number
  end: number | null
}

/** A run of a source, and when what it led to began, by name; the first of each. */
interface Led {
  source: Source
  targets: Map<string, number>
}

export interface Rule {
  support: number
  confidence: number
}

/** The edges of both kinds that miss something in the window, at an instant (µs), in no order. */
export function missing(facts: Facts, window: Span, now: number, rule: Rule) {
  const learnt = { from: window.from - Math.max(7 * DAY, window.to - window.from), to: window.from }
  return (['job', 'function'] as const).flatMap((kind) =>
    [...grouped(ledBy(facts, kind), ({ source }) => source.name)].flatMap(([name, runs]) => {
      const lesson = runs.filter(({ source }) => within(source, learnt) && source.end !== null)
      const targets = new Set(runs.flatMap((run) => [...run.targets.keys()]))
      return [...targets].flatMap((target) => {
        const followed = lesson.filter((run) => run.targets.has(target))
        if (lesson.length < rule.support || followed.length === 0 || followed.length < rule.confidence * lesson.length)
          return []
        const lag = percentile(
          followed.map((run) => lagOf(run, target, kind)),
          0.99,
        )
        const patience = Math.max(0, lag ?? 0) + 60_000
        const judged = runs.filter(({ source }) => within(source, window)).map((run) => ({ run, fate: fateOf(run) }))
        const ofFate = (fate: string) => judged.filter((each) => each.fate === fate)
        const gone = ofFate('missing')
          .map(({ run }) => run.source)
          .toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
        return gone.length === 0
          ? []
          : [
              {
                source: { kind, name },
                target: { kind: kind === 'job' ? 'function' : 'job', name: target },
                support: lesson.length,
                confidence: share(followed.length, lesson.length),
                lagP99Ms: Math.round((lag ?? 0) * 1000) / 1000,
                runs: judged.length,
                followed: ofFate('followed').length,
                late: ofFate('late').length,
                missing: gone.length,
                missingRate: share(gone.length, judged.length - ofFate('not judged').length),
                notJudged: ofFate('not judged').length,
                firstMissing: instant(Math.min(...gone.map(({ at }) => at))),
                lastMissing: instant(Math.max(...gone.map(({ at }) => at))),
                samples: gone.slice(0, 5).map(({ id }) => id),
              },
            ]

        function fateOf(run: Led): string {
          const { end } = run.source
          if (run.targets.has(target)) return (lagOf(run, target, kind) ?? 0) > patience ? 'late' : 'followed'
          return end !== null && (now - end) / 1000 > patience ? 'missing' : 'not judged'
        }
      })
    }),
  )
}

function ledBy({ invocations, jobs }: Facts, kind: 'job' | 'function'): Led[] {
  const end = ({ at, ms }: { at: number; ms: number | null }) => (ms === null ? null : at + Math.max(0, ms) * 1000)
  const sources: Source[] =
    kind === 'job'
      ? jobs.map((job) => Object.assign({}, job, { end: end(job) }))
      : invocations.map((run) => Object.assign({}, run, { invocation: run.id, end: end(run) }))
  const led = new Map(sources.map((source) => [source.id, { source, targets: new Map<string, number>() }]))
  const effects =
    kind === 'job'
      ? invocations.map(({ job, name, at }) => ({ by: job ?? '', name, at }))
      : jobs.map(({ invocation, name, at }) => ({ by: invocation, name, at }))
  for (const { by, name, at } of effects) {
    const targets = led.get(by)?.targets
    targets?.set(name, Math.min(targets.get(name) ?? Infinity, at))
  }
  return [...led.values()]
}

function lagOf({ source, targets }: Led, target: string, kind: 'job' | 'function'): number | null {
  const from = kind === 'job' ? source.end : source.at
  return from === null ? null : ((targets.get(target) ?? NaN) - from) / 1000
}
