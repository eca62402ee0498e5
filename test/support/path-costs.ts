import { grouped, percentile, share } from './analysis.ts'
import { referencePath } from './critical-path.ts'
import type { Member } from './reference.ts'

/** Critical paths summed up in plain loops. Imports nothing of the service, so that a mistake there cannot hide here. */

/** A tree, and the invocation at whose end its run ends; none: at its own. */
export interface Run {
  id: string
  members: readonly Member[]
  until?: string
}

const micros = (instant: string): number =>
  Date.parse(`${instant.slice(0, 23)}Z`) * 1000 + Number(instant.slice(23, 26))
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000

export function pathCosts(runs: readonly Run[], asOf: string) {
  const paths = runs.map(({ id, members, until }) => {
    const names = new Map<string, { of: string; name: string }>()
    for (const { node } of members) {
      const row = node as unknown as { id: string; sourceFunction: string; jobs: Array<{ id: string; name: string }> }
      names.set(row.id, { of: 'invocation', name: row.sourceFunction })
      for (const job of row.jobs) names.set(job.id, { of: 'job', name: job.name })
    }
    const parts = referencePath(members, asOf, until).map((each) => {
      const { of, name } = names.get(each.id) ?? { of: '', name: '' }
      return { kind: each.kind, of, name, ms: (micros(each.endedAt) - micros(each.startedAt)) / 1000 }
    })
    return { id, parts, ms: parts.reduce((sum, { ms }) => sum + ms, 0) }
  })
  const all = paths.flatMap(({ id, parts }) => parts.map((part) => Object.assign(part, { id })))
  const sum = (parts: ReadonlyArray<{ ms: number }>): number => rounded(parts.reduce((whole, { ms }) => whole + ms, 0))
  const durations = paths.map(({ ms }) => rounded(ms))
  return {
    runs: paths.length,
    durationMs: { p50: percentile(durations, 0.5), p95: percentile(durations, 0.95), p99: percentile(durations, 0.99) },
    totalMs: sum(paths),
    workingMs: sum(all.filter(({ kind }) => kind === 'working')),
    waitingMs: sum(all.filter(({ kind }) => kind === 'waiting')),
    costs: [...grouped(all, ({ kind, of, name }) => JSON.stringify([kind, of, name])).values()].flatMap((own) => {
      const [first] = own
      const perRun = [...grouped(own, ({ id }) => id).values()].map(sum)
      return first
        ? [
            {
              kind: first.kind,
              of: first.of,
              name: first.name,
              totalMs: sum(own),
              share: share(sum(own), sum(paths)),
              runs: perRun.length,
              p50: percentile(perRun, 0.5),
              p95: percentile(perRun, 0.95),
            },
          ]
        : []
    }),
  }
}
