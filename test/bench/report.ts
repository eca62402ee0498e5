import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataSet } from './data.ts'
import type { Figures } from './figures.ts'
import type { Machine } from './machine.ts'
import type { Pace } from './options.ts'
import type { Goal, Result } from './row.ts'
import { cache } from './server.ts'

/** A row as it is kept. */
export interface Reported extends Result {
  name: string
  /** Of the service's process while the row ran, MiB; null where the system does not tell. */
  peakRss: number | null
  /** How late the service's event loop was, ms. */
  loopDelayP99: number
}

export interface Run {
  date: string
  commit: string
  comparedWith: string | null
  machine: Machine
  data: Pick<DataSet, 'scale' | 'seed' | 'counts'>
  pace: Pace
  rows: Reported[]
}

/** Writes the run as JSON; gives the name of the file. */
export async function write(run: Run): Promise<string> {
  const folder = join(cache, 'results')
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${run.date.replaceAll(/[-:]|\.\d+/g, '')}-${run.commit}.json`)
  await writeFile(file, `${JSON.stringify(run, null, 2)}\n`)
  return file
}

export function heading({ commit, machine, data, pace, comparedWith }: Run): string {
  const { invocations, events, jobs, links } = data.counts
  return [
    `commit ${commit}${comparedWith === null ? '' : ` beside ${comparedWith}`}, Node ${machine.node}, Postgres ${machine.postgres}`,
    `${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, load ${machine.load.toFixed(1)} at the start`,
    `${data.scale}: ${count(invocations)} invocations, ${count(links)} links, ${count(events)} events, ${count(jobs)} jobs, seed ${data.seed}`,
    `${pace.rounds} rounds of ${pace.seconds} s a side, in turn; ratios are medians of the rounds`,
  ].join('\n')
}

/** A row as lines: its sides, then its goals. */
export function lines({ name, work, sides, goals, peakRss, loopDelayP99, otherTakes }: Reported): string {
  const own = peakRss === null ? '' : `; the service's peak RSS ${peakRss.toFixed(0)} MiB`
  return [
    `\n${name}: ${work}${own}, event loop p99 ${loopDelayP99.toFixed(1)} ms late`,
    ...Object.entries(sides).map(([side, figures]) => `  ${side.padEnd(23)} ${sideLine(figures)}`),
    ...goals.map((goal) => `  ${goal.reached ? 'reached' : 'MISSED '} ${goalLine(goal)}`),
    ...(otherTakes === undefined ? [] : [`  the other commit takes ${otherTakes.toFixed(2)} × the time`]),
  ].join('\n')
}

function sideLine({ requests, perSecond, p50, p95, p99, firstByte, bytes, cpu }: Figures): string {
  return [
    `${perSecond.toFixed(perSecond < 10 ? 2 : 0).padStart(7)}/s`,
    `p50 ${ms(p50)}`,
    `p95 ${ms(p95)}`,
    `p99 ${ms(p99)}`,
    ...(bytes > 0 ? [`${(bytes / 1024).toFixed(1).padStart(8)} KiB`] : []),
    ...(cpu === null ? [] : [`cpu ${ms(cpu)}`]),
    ...(firstByte !== null && p50 > 50 ? [`first byte ${ms(firstByte)}`] : []),
    `(${requests})`,
  ].join('  ')
}

function goalLine({ what, value, rounds, unit, bound, atLeast }: Goal): string {
  const shown = (figure: number) =>
    `${figure >= 100 ? figure.toFixed(0) : figure.toPrecision(3)}${unit === '' ? '' : ` ${unit}`}`
  const spread =
    rounds === undefined ? '' : `, rounds from ${shown(Math.min(...rounds))} to ${shown(Math.max(...rounds))}`
  return `${shown(value)} ${what} (${atLeast ? '≥' : '≤'} ${shown(bound)}${spread})`
}

const ms = (value: number) => `${value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2)} ms`.padStart(8)
const count = (value: number) => value.toLocaleString('en')
