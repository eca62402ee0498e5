import { isUnderWay } from '../liveness.ts'
import type { Node, NodeEvent, TreeJob } from '../tree/node.ts'
import type { Attributes } from './span.ts'

// Names of OpenTelemetry where it has one (faas.*, code.*, error.type), and own ones beside them.

/** As OpenTelemetry names what happened to a document. */
const operations: Readonly<Record<string, string>> = { INSERT: 'insert', UPDATE: 'edit', DELETE: 'delete' }

export function invocationAttributes(node: Node, failed: boolean): Attributes {
  const { sourceTable, sourceOperation, sourceEventTime, events } = node
  return told({
    'faas.name': node.sourceFunction,
    'faas.invocation_id': node.id,
    'faas.trigger': sourceTable === null ? null : 'datasource',
    'faas.document.collection': sourceTable,
    'faas.document.operation': operations[sourceOperation ?? ''] ?? null,
    'faas.document.time': sourceEventTime,
    'invocation.id': node.id,
    'invocation.status': node.status,
    'invocation.state': stateOf(node),
    'invocation.link': node.link,
    'invocation.lag_ms': node.lagMs,
    'invocation.clock_skew': node.clockSkew ? true : null,
    'invocation.source_job_id': node.sourceJobId,
    'invocation.source_system': node.sourceSystem,
    'invocation.source_operation': sourceOperation,
    'invocation.source_event_id': node.sourceEventId,
    'invocation.undetected_events': events?.undetected ?? null,
    'invocation.crashed_event': node.crash?.eventName ?? null,
    correlation_id: node.correlationId,
    'error.type': failed ? (node.crashed ? 'crash' : node.status === 'completed' ? 'job failed' : node.status) : null,
  })
}

export function eventAttributes(event: NodeEvent, failed: boolean): Attributes {
  return told({
    'event_execution.id': event.id,
    'event.name': event.name,
    'event.status': event.status,
    'event.state': stateOf(event),
    'event.detection_duration_ms': event.detectionDurationMs,
    'event.handler_duration_ms': event.handlerDurationMs,
    'error.type': failed ? event.status : null,
  })
}

export function jobAttributes(job: TreeJob, failed: boolean): Attributes {
  return told({
    'job.id': job.id,
    'job.name': job.name,
    'job.status': job.status,
    'job.state': stateOf(job),
    'code.function.name': job.functionName,
    'event_execution.id': job.eventExecutionId,
    'error.type': failed ? job.status : null,
  })
}

/** Of what has not ended, for a viewer draws an end. */
function stateOf({ status, stale }: { status: string; stale: boolean }): string | null {
  if (stale) return 'stale'
  return isUnderWay(status) ? 'running' : null
}

/** Without what is null. */
function told(all: Record<string, string | number | boolean | null>): Attributes {
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string | number | boolean] => entry[1] !== null),
  )
}
