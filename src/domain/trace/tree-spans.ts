import { addMs } from '../instant.ts'
import { isUnderWay } from '../liveness.ts'
import { hasFailed, isFailure } from '../model/status.ts'
import type { Node, NodeEvent, TreeJob } from '../tree/node.ts'
import { eventAttributes, invocationAttributes, jobAttributes } from './attributes.ts'
import { spanIdOf } from './ids.ts'
import { invocationOperation, serviceOf } from './names.ts'
import { spanTime } from './span-time.ts'
import type { Span, SpanException, SpanRow } from './span.ts'

/**
 * The spans of the nodes of a tree, which come level by level: of each its invocation, its detected events and its jobs. An event stands below its invocation, a job below the
 * event whose handler ran it, and an invocation below the job that triggered it. `asOf`: when the nodes were read.
 */
export function* spansOf(nodes: Iterable<Node>, asOf: string): Generator<Span, void> {
  for (const node of nodes) {
    const invocation = invocationSpan(node, asOf)
    yield invocation
    const events = new Set<string>()
    for (const event of node.events?.data ?? []) {
      events.add(event.id)
      yield eventSpan(event, invocation, asOf)
    }
    for (const job of node.jobs) {
      const event = events.has(job.eventExecutionId)
        ? spanIdOf({ kind: 'event', id: job.eventExecutionId })
        : invocation.id
      yield jobSpan(job, event, invocation.service, asOf)
    }
  }
}

function invocationSpan(node: Node, asOf: string): Span {
  const row: SpanRow = { kind: 'invocation', id: node.id }
  const failed = hasFailed(node) || node.jobs.some(({ status }) => isFailure(status))
  return {
    row,
    id: spanIdOf(row),
    parentId:
      node.parentId === null || node.sourceJobId === null ? null : spanIdOf({ kind: 'job', id: node.sourceJobId }),
    name: invocationOperation(node),
    service: serviceOf(node.sourceFunction),
    kind: 'server',
    ...spanTime({ ...node, startedAt: node.createdAt, running: isUnderWay(node.status) }, asOf),
    failed,
    attributes: invocationAttributes(node, failed),
    exception: exceptionOf(hasFailed(node), node.errorMessage),
  }
}

function eventSpan(event: NodeEvent, of: Span, asOf: string): Span {
  const row: SpanRow = { kind: 'event', id: event.id }
  const failed = isFailure(event.status) || CRASHES.has(event.status)
  const running = isUnderWay(event.status)
  // A row of an event is stamped at the end of its detection.
  const startedAt = addMs(event.createdAt, -(event.detectionDurationMs ?? 0))
  const handled = addMs(event.createdAt, Math.max(0, event.handlerDurationMs ?? 0))
  const endedAt = running && event.handlerDurationMs === null ? null : handled
  return {
    row,
    id: spanIdOf(row),
    parentId: of.id,
    name: event.name,
    service: of.service,
    kind: 'internal',
    ...spanTime({ startedAt, endedAt, running, stale: event.stale }, asOf),
    failed,
    attributes: eventAttributes(event, failed),
    exception: exceptionOf(failed, event.errorMessage),
  }
}

const CRASHES = new Set(['handler_failed', 'detection_failed'])

function jobSpan(job: TreeJob, parentId: string, service: string, asOf: string): Span {
  const row: SpanRow = { kind: 'job', id: job.id }
  const failed = isFailure(job.status)
  return {
    row,
    id: spanIdOf(row),
    parentId,
    name: job.name,
    service,
    kind: 'internal',
    ...spanTime({ ...job, running: isUnderWay(job.status) }, asOf),
    failed,
    attributes: jobAttributes(job, failed),
    exception: exceptionOf(failed, job.errorMessage),
  }
}

/** What a message begins with where it names what was thrown. */
const CLASS = /^(?:Handler crashed: )?([A-Za-z_$][\w$.]*(?:Error|Exception))\b/

function exceptionOf(failed: boolean, message: string | null): SpanException | null {
  if (!failed || message === null) return null
  return { type: CLASS.exec(message)?.[1] ?? null, message }
}
