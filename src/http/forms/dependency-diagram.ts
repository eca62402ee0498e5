import type { ComparedEdge } from '../../domain/analysis/changes.ts'
import { type DependencyNode, type Named } from '../../domain/analysis/dependencies.ts'
import type { Arrow, Box, Diagram } from '../../domain/diagram/diagram.ts'
import { nameText } from '../../domain/name-text.ts'
import type { ExaminedPage } from '../../reading/analysis/figures-page.ts'
import { count } from './tree-text.ts'

/** A page of edges as it is answered; `note` is what must be read first. */
interface Graph {
  note?: string
  data: readonly ComparedEdge[]
  nodes: readonly DependencyNode[]
  page: ExaminedPage
}

/** From this share of failures on a box or an arrow is drawn as failed. Text tells each share. */
const MUCH = 0.1

/** What leads to what as a diagram: a box for each job and function, those of the first edges first, and an arrow for each edge of the page. */
export function dependencyDiagram({ note, data, nodes, page }: Graph): Diagram {
  const known = new Map(nodes.map((node) => [keyOf(node), node]))
  const keys = new Set(data.flatMap(({ source, target }) => [keyOf(source), keyOf(target)]))
  return {
    notes: [...(note === undefined ? [] : [note]), windowText(page, data.length)],
    boxes: [...keys].flatMap((key) => boxOf(known.get(key))),
    arrows: data.map(arrowOf),
  }
}

const keyOf = ({ kind, name }: Named): string => `${kind} ${name}`

function boxOf(node: DependencyNode | undefined): Box[] {
  if (!node) return []
  const { kind, name, runs, failureRate, durationMs } = node
  const took = durationMs === null ? '' : `, p95 ${durationMs.p95} ms`
  const failed = (failureRate ?? 0) >= MUCH
  const look = failed ? 'failed' : kind === 'job' ? 'job' : 'plain'
  return [
    {
      key: keyOf(node),
      lines: [nameText(name), `${kind}, ${count(runs, 'run')}${took}`, failedText(failureRate)],
      look,
    },
  ]
}

function arrowOf({ source, target, times, failureRate, lagMs, change }: ComparedEdge): Arrow {
  const parts = [
    ...(change === undefined || change === 'same' ? [] : [change]),
    count(times, 'time'),
    ...(failureRate === null || failureRate === 0 ? [] : [failedText(failureRate)]),
    ...(lagMs === null ? [] : [`lag p50 ${lagMs.p50} ms, p95 ${lagMs.p95} ms`]),
  ]
  const look = change === 'vanished' ? 'stale' : (failureRate ?? 0) >= MUCH ? 'failed' : 'plain'
  return { from: keyOf(source), to: keyOf(target), label: parts.join(', '), look }
}

/** `2.5 % failed`. */
function failedText(rate: number | null): string {
  return `${Math.round((rate ?? 0) * 1000) / 10} % failed`
}

function windowText({ from, to, groups, groupsCut, sampled, examinedFrom }: ExaminedPage, shown: number): string {
  return [
    `from ${from} to ${to}: ${shown} of ${groupsCut ? 'more than ' : ''}${groups} edges are on this page`,
    ...(shown < groups ? ['limit and cursor lead to the others'] : []),
    ...(sampled ? [`counted from ${examinedFrom} on`] : []),
  ].join('; ')
}
