import { waitsFrom } from './hand-over.ts'
import { epochMs } from './instant.ts'
import { isFailure, type OutlineJob, type OutlineNode, type Step } from './step.ts'

type Growing = { -readonly [K in keyof Step]: Step[K] }

/** A step that is still to be placed. */
interface Entry {
  node: OutlineNode
  /** Null: the invocation itself. */
  job: OutlineJob | null
  parent: number
  place: number
}

/** The steps of a tree, depth first; `nodes` as the API lists them: the start first, parents before children. Without recursion: chains may be 100,000 levels deep. */
export function stepsOf(nodes: readonly OutlineNode[]): Step[] {
  const [start] = nodes
  if (start === undefined) return []
  const triggered = triggeredBy(nodes)
  const steps: Growing[] = []
  const stack: Entry[] = [{ node: start, job: null, parent: -1, place: 0 }]
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { node, job } = entry
    const jobs = job === null ? node.jobs : []
    const invocations = triggered.get(job ?? node) ?? []
    const index = steps.length
    const place = { index, above: steps[entry.parent], place: entry.place, children: jobs.length + invocations.length }
    steps.push(job === null ? ofInvocation(node, place) : ofJob(node, job, place))
    // The last one first, so that the first one is taken next.
    for (let at = invocations.length - 1; at >= 0; at--) {
      const next = invocations[at]
      if (next) stack.push({ node: next, job: null, parent: index, place: jobs.length + at })
    }
    for (let at = jobs.length - 1; at >= 0; at--) stack.push({ node, job: jobs[at] ?? null, parent: index, place: at })
  }
  addUp(steps)
  return steps
}

/** What each job triggered; what was triggered by a job that is not shown stands below the invocation of that. */
function triggeredBy(nodes: readonly OutlineNode[]): Map<OutlineNode | OutlineJob, OutlineNode[]> {
  const invocations = new Map(nodes.map((node) => [node.id, node]))
  const jobs = new Map(nodes.flatMap((node) => node.jobs.map((job) => [job.id, job] as const)))
  const found = new Map<OutlineNode | OutlineJob, OutlineNode[]>()
  for (const node of nodes.slice(1)) {
    const by = jobs.get(node.sourceJobId ?? '') ?? invocations.get(node.parentId ?? '')
    if (by === undefined) continue
    const others = found.get(by)
    if (others) others.push(node)
    else found.set(by, [node])
  }
  return found
}

/** Where a step stands. */
interface Place {
  index: number
  above: Step | undefined
  place: number
  children: number
}

// Each is one literal: put together by spreads, the steps of 10,000 invocations took longer.

function ofInvocation(node: OutlineNode, { index, above, place, children }: Place): Growing {
  const startMs = epochMs(node.createdAt)
  const failed = node.crashed || isFailure(node.status)
  return {
    index,
    kind: 'invocation',
    id: node.id,
    name: node.sourceFunction,
    invocationId: node.id,
    status: node.status,
    stale: node.stale,
    crashedIn: node.crash?.eventName ?? null,
    failed,
    message: node.errorMessage ?? node.crash?.message ?? null,
    link: node.link,
    clockSkew: node.clockSkew,
    cycle: node.cycle === true,
    more: node.more ?? null,
    startMs,
    endMs: notBefore(startMs, epochMs(node.endedAt)),
    running: node.status === 'running' && !node.stale,
    waitsFromMs: above?.kind === 'job' ? waitsFrom(above, startMs, epochMs(node.sourceEventTime)) : null,
    depth: above === undefined ? 0 : above.depth + 1,
    parent: above?.index ?? -1,
    place,
    children,
    end: index + 1,
    failures: failed ? 1 : 0,
  }
}

function ofJob(node: OutlineNode, job: OutlineJob, { index, above, place, children }: Place): Growing {
  const startMs = epochMs(job.startedAt)
  const failed = isFailure(job.status)
  return {
    index,
    kind: 'job',
    id: job.id,
    name: job.name,
    invocationId: node.id,
    status: job.status,
    stale: job.stale,
    crashedIn: null,
    failed,
    message: job.errorMessage,
    link: null,
    clockSkew: false,
    cycle: false,
    more: job.more ?? null,
    startMs,
    endMs: notBefore(startMs, epochMs(job.endedAt)),
    running: job.status === 'running' && !job.stale,
    waitsFromMs: null,
    depth: above === undefined ? 0 : above.depth + 1,
    parent: above?.index ?? -1,
    place,
    children,
    end: index + 1,
    failures: failed ? 1 : 0,
  }
}

/** A negative duration ends nothing before it starts. */
function notBefore(startMs: number | null, endMs: number | null): number | null {
  return startMs === null || endMs === null ? null : Math.max(startMs, endMs)
}

/** From the last step up, so that each subtree is complete before it is added to that above it. */
function addUp(steps: readonly Growing[]): void {
  for (const step of steps.toReversed()) {
    const parent = steps[step.parent]
    if (parent === undefined) continue
    parent.end = Math.max(parent.end, step.end)
    parent.failures += step.failures
  }
}
