import { nameText } from '../../domain/name-text.ts'
import type { ComparedCost, CriticalPathsPage } from '../../reading/analysis/critical-paths.ts'
import { columns, footText, noteText, percentilesText, percentText, type Told } from './figures-text.ts'

type EndToEnd = Pick<CriticalPathsPage, 'runs' | 'durationMs' | 'totalMs' | 'workingMs' | 'waitingMs'>

/** The critical paths of many runs as text: end to end, a line a cost, and the runs that stand for others. */
export function criticalPathsText(found: CriticalPathsPage & Told): string {
  const { data, samples, leftOut, previous } = found
  return [
    noteText(found),
    endToEndText(found),
    previous === undefined ? '' : `before: ${endToEndText(previous)}`,
    data.length === 0 ? '' : '\n',
    ...data.map(costText),
    samples.length === 0 ? '' : '\n',
    ...samples.map(({ at, durationMs, id }) => columns(at, `${durationMs} ms`, id)),
    '\n',
    footText(found, ['cost', 'costs']),
    leftOut.open > 0 ? `${leftOut.open} runs are left out, because something in them runs or is stale\n` : '',
    leftOut.tooLarge > 0 ? `${leftOut.tooLarge} runs are left out, because they are too large\n` : '',
    leftOut.unreached > 0
      ? `${leftOut.unreached} runs are left out, because they did not reach the end that was asked for\n`
      : '',
  ].join('')
}

function endToEndText({ runs, durationMs, totalMs, workingMs, waitingMs }: EndToEnd): string {
  const part = (ms: number): string => percentText(totalMs === 0 ? 0 : ms / totalMs)
  return columns(
    `${runs} ${runs === 1 ? 'run' : 'runs'}`,
    percentilesText(durationMs),
    `working ${part(workingMs)}`,
    `waiting ${part(waitingMs)}`,
  )
}

function costText({ kind, of, name, totalMs, share, runs, p50, p95, previous }: ComparedCost): string {
  return columns(
    percentText(share),
    `${totalMs} ms`,
    kind === 'waiting' ? `waiting for ${of} ${nameText(name)}` : `${of} ${nameText(name)}`,
    `in ${runs} ${runs === 1 ? 'run' : 'runs'}`,
    `p50 ${p50} ms  p95 ${p95} ms`,
    previous === undefined ? '' : previous === null ? 'before: none' : `before: ${percentText(previous.share)}`,
  )
}
