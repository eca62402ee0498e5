import { createHash } from 'node:crypto'
import { instant, type EventRow, type InvocationRow, type JobRow, type Rows } from '../../src/demo/rows.ts'

/** A tree of a known shape: its nodes are numbered breadth first, 0 is its root. */
export interface Shape {
  nodes: number
  /** The node whose job triggered this one, and which of its two jobs. */
  parent: (node: number) => { node: number; job: 0 | 1 }
}

const fanOutOf3 = (nodes: number): Shape => ({
  nodes,
  parent: (node) => ({ node: Math.floor((node - 1) / 3), job: (node - 1) % 3 < 2 ? 0 : 1 }),
})
const chain = (nodes: number): Shape => ({ nodes, parent: (node) => ({ node: node - 1, job: 0 }) })

export const shapes = {
  'tree-100': fanOutOf3(100),
  'tree-1k': fanOutOf3(1000),
  'tree-10k': fanOutOf3(10_000),
  'tree-100k': fanOutOf3(100_000),
  /** 10,000 invocations triggered by one job. */
  wide: { nodes: 10_001, parent: () => ({ node: 0, job: 0 }) },
  'chain-1k': chain(1000),
  'chain-5k': chain(5000),
} satisfies Record<string, Shape>
export type ShapeName = keyof typeof shapes

/** The same in every data set, so that a later run finds the trees again; spread like random ids, for an index sees their order. */
export function idOf(
  shape: ShapeName,
  kind: 'invocation' | 'event' | 'job 0' | 'job 1' | 'source event' | 'correlation',
  node: number,
): string {
  const hex = createHash('md5').update(`${shape}/${kind}/${node}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

const BATCH = 5000

/** The rows of a tree in batches, each of which refers only to jobs of earlier ones. `start`: ms since 1970. */
export function* specialRows(name: ShapeName, start: number): Generator<Rows> {
  const { nodes, parent }: Shape = shapes[name]
  const depths = new Int32Array(nodes)
  let batch: Rows = { invocations: [], events: [], jobs: [] }
  let first = 0
  for (let node = 0; node < nodes; node++) {
    const cause = node === 0 ? undefined : parent(node)
    if (batch.invocations.length === BATCH || (cause && cause.node >= first)) {
      yield batch
      batch = { invocations: [], events: [], jobs: [] }
      first = node
    }
    depths[node] = cause ? (depths[cause.node] ?? 0) + 1 : 0
    const at = start + (depths[node] ?? 0) * 40 + (node % 30)
    batch.invocations.push(invocation(name, node, at, cause ? idOf(name, `job ${cause.job}`, cause.node) : null))
    batch.events.push(event(name, node, at))
    batch.jobs.push(job(name, node, 0, at), job(name, node, 1, at))
  }
  yield batch
}

function invocation(name: ShapeName, node: number, at: number, sourceJobId: string | null): InvocationRow {
  const eventId = idOf(name, 'source event', node)
  return {
    id: idOf(name, 'invocation', node),
    created_at: instant(at),
    updated_at: instant(at + 900),
    correlation_id: idOf(name, 'correlation', 0),
    source_function: 'on-stock-updated',
    source_table: 'public.stock',
    source_operation: 'UPDATE',
    source_system: 'demo-warehouse',
    source_job_id: sourceJobId,
    source_event_id: eventId,
    source_event_payload: JSON.stringify({ id: eventId, shape: name, node, filler: 'x'.repeat(200) }),
    source_event_time: instant(at - 20),
    source_user_email: null,
    source_user_role: null,
    total_duration_ms: 120,
    events_detected_count: 1,
    total_jobs_run: 2,
    total_jobs_succeeded: node % 50 === 7 ? 1 : 2,
    total_jobs_failed: node % 50 === 7 ? 1 : 0,
    auto_load_modules: true,
    event_modules_directory: './events/on-stock-updated',
    status: node % 50 === 7 ? 'failed' : 'completed',
    error_message: null,
    error_stack: null,
    context_data: '{}',
  }
}

function event(name: ShapeName, node: number, at: number): EventRow {
  return {
    id: idOf(name, 'event', node),
    invocation_id: idOf(name, 'invocation', node),
    created_at: instant(at + 4),
    updated_at: instant(at + 900),
    correlation_id: null,
    event_name: 'stock-changed',
    event_module_path: './events/on-stock-updated/stock-changed',
    detected: true,
    detection_duration_ms: 3,
    detection_error: null,
    detection_error_stack: null,
    handler_duration_ms: 100,
    handler_error: null,
    handler_error_stack: null,
    jobs_count: 2,
    jobs_succeeded: 2,
    jobs_failed: 0,
    status: 'completed',
  }
}

function job(name: ShapeName, node: number, which: 0 | 1, at: number): JobRow {
  const failed = which === 1 && node % 50 === 7
  const label = which === 0 ? 'recalculate-availability' : 'notify-warehouse'
  return {
    id: idOf(name, `job ${which}`, node),
    invocation_id: idOf(name, 'invocation', node),
    event_execution_id: idOf(name, 'event', node),
    created_at: instant(at + 6 + which),
    updated_at: instant(at + 900),
    correlation_id: null,
    job_name: label,
    job_function_name: label,
    job_options: null,
    duration_ms: 80,
    status: failed ? 'failed' : 'completed',
    result: null,
    error_message: failed ? 'connect ETIMEDOUT 10.0.3.17:443' : null,
    error_stack: null,
  }
}
