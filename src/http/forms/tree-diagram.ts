import type { Arrow, Box, Diagram, Look } from '../../domain/diagram/diagram.ts'
import { isFailure } from '../../domain/model/status.ts'
import { nameText } from '../../domain/name-text.ts'
import type { More, Node } from '../../domain/tree/node.ts'
import type { WholeTree } from '../../reading/tree/whole.ts'
import { rootText } from './link-text.ts'
import { count, figuresText, jobsText, stateText } from './tree-text.ts'

/** A tree as a diagram: a box for each invocation, by (depth, createdAt, id), and an arrow with the name of the job that triggered it, and the lag between them. What the limits of the request cut off has a box with its number. */
export function treeDiagram({ head, nodes, found }: WholeTree): Diagram {
  const jobs = new Map(nodes.flatMap((node) => node.jobs.map((job) => [job.id, job] as const)))
  const boxes: Box[] = []
  const arrows: Arrow[] = []
  const leftOut = (key: string, from: string, label: string, more: More): void => {
    boxes.push({ key, lines: moreLines(more), look: 'note' })
    arrows.push({ from, to: key, label, look: 'note' })
  }
  for (const node of nodes) {
    boxes.push(boxOf(node))
    const job = jobs.get(node.sourceJobId ?? '')
    if (node.parentId !== null && job)
      arrows.push({ from: node.parentId, to: node.id, label: arrowText(job.name, node), look: lookOfJob(job.status) })
    if (node.more) leftOut(`more ${node.id}`, node.id, '', node.more)
    for (const { id, name } of node.jobs) {
      const more = found.more.get(id)
      if (more) leftOut(`more ${id}`, node.id, nameText(name), more)
    }
  }
  const above = rootText(head)
  return {
    notes: [figuresText(found.summary, found.truncated), ...(above === '' ? [] : [above])],
    boxes,
    arrows,
  }
}

function boxOf(node: Node): Box {
  const { id, sourceFunction, durationMs } = node
  const state = `${stateText(node)}${durationMs === null ? '' : `, ${durationMs} ms`}`
  return { key: id, lines: [nameText(sourceFunction), state, ...jobsText(node.jobs)], look: lookOf(node) }
}

function lookOf({ status, stale, crashed, jobs }: Node): Look {
  if (crashed || isFailure(status) || jobs.some((job) => isFailure(job.status))) return 'failed'
  if (stale) return 'stale'
  return status === 'running' ? 'running' : 'plain'
}

/** The name of the job, and how its end and the start of the invocation follow each other. */
function arrowText(job: string, { lagMs, clockSkew }: Node): string {
  return [
    nameText(job),
    ...(lagMs === null ? [] : [`lag ${lagMs} ms`]),
    ...(clockSkew ? ['clocks disagree'] : []),
  ].join(', ')
}

const lookOfJob = (status: string): Look => (isFailure(status) ? 'failed' : 'plain')

function moreLines({ invocations, jobs }: More): string[] {
  return [
    ...(invocations === undefined ? [] : [`${count(invocations, 'invocation')} more here`]),
    ...(jobs === undefined ? [] : [`${count(jobs, 'job')} more here`]),
  ]
}
