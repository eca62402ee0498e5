import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { operations, queryOf, type Operation } from '../fuzz/document.ts'
import { addEvent, addInvocation, addJob, addKeptLink } from './rows.ts'

/** The rows of `addExample`: a root, an event and a job of it, what that job triggered (child), and the job of this one (other). */
export type ExampleRow = 'root' | 'event' | 'job' | 'child' | 'other'
export type ExampleIds = Record<ExampleRow, string>

/**
 * What an answer tells of: rows of the example, siblings (what `job` triggers beside `child`), and the number of rows of a table, if it counts them and
 * shows no other change of them.
 */
export type Told =
  | ExampleRow
  | 'siblings'
  | 'number of invocations'
  | 'number of jobs'
  | 'number of events'
  | 'number of failures'

/** told: each row of the answer shows it; in any case: with letters of any case; masked: the rows show it only in part; may be nothing: the answer depends on what is usual. */
type Sought = 'told' | 'in any case' | 'masked' | 'may be nothing'

interface Examples {
  /** Requests that the example answers with something, in each form: the path, and all of the example that its answer tells of. */
  samples: Record<string, readonly Told[]>
  /** Filters that any text may stand in, and the row of the example that is found by it. */
  texts?: Record<string, ExampleRow>
  /** Filters of figures that any text may stand in. */
  sought?: Record<string, Sought>
  /** It is one of those that cost much, and have few places of their own. */
  heavy?: boolean
}

const tree = ['root', 'job', 'child', 'other', 'siblings'] as const
const timed = ['siblings', 'number of invocations', 'number of jobs'] as const

/** Every operation of the OpenAPI document by its operationId. The tests of what all endpoints have in common loop over this list: a new endpoint is one line here. */
const examples: Record<string, Examples> = {
  getHome: { samples: { '/': [], '/?format=html': [] } },
  isLive: { samples: { '/health/live': [] } },
  isReady: { samples: { '/health/ready': [] } },
  listInvocations: {
    samples: {
      '/invocations?window=1h': ['root', 'child', 'siblings'],
      '/invocations?sourceJobId={job}': ['child', 'siblings'],
      '/invocations?correlationId=example': ['child'],
    },
    texts: {
      correlationId: 'child',
      sourceFunction: 'child',
      sourceTable: 'child',
      sourceOperation: 'child',
      sourceSystem: 'child',
    },
  },
  listJobs: {
    samples: { '/jobs?window=1h': ['job', 'other'], '/jobs?invocationId={root}': ['job'] },
    texts: { name: 'job', functionName: 'job', triggeringFunction: 'root', correlationId: 'job' },
  },
  listChains: {
    samples: { '/chains': tree, '/chains?correlationId=example': ['root', 'job', 'child', 'other'] },
    texts: { triggeringJob: 'job', triggeringFunction: 'root', triggeredFunction: 'child', correlationId: 'child' },
  },
  listFailures: {
    samples: { '/failures?window=1h': ['number of failures'] },
    sought: { name: 'told', text: 'masked' },
    heavy: true,
  },
  listMissing: {
    // Of a week without runs nothing is learnt.
    samples: { '/missing?window=1h': [], '/missing?support=1&confidence=0.5': [], '/missing?format=text': [] },
    sought: { name: 'may be nothing' },
    heavy: true,
  },
  listCriticalPaths: {
    // Of a row it shows the time that it took, and no other change.
    samples: {
      '/critical-paths': timed,
      '/critical-paths?format=text': timed,
      '/critical-paths?rootFunction=on-order-created&compareTo=previous': timed,
      '/critical-paths?fromFunction=on-order-created&toFunction=on-order-created': timed,
    },
    sought: { rootFunction: 'may be nothing' },
    heavy: true,
  },
  listShapes: {
    samples: {
      '/shapes': tree,
      '/shapes?rootFunction=on-order-created&sort=p95': tree,
      '/shapes?format=text': tree,
    },
    sought: { rootFunction: 'told' },
    heavy: true,
  },
  listNames: {
    samples: {
      // Of a row it shows the name and the start, and no other change.
      '/names': ['number of invocations', 'number of jobs'],
    },
    sought: { text: 'in any case' },
    heavy: true,
  },
  getTotals: {
    samples: { '/totals?bucket=1h&compareTo=previous': [...tree, 'number of invocations', 'number of jobs'] },
    heavy: true,
  },
  getRecord: { samples: { '/records/public.orders/{root}': tree }, heavy: true },
  getCorrelation: { samples: { '/correlations/example': tree }, heavy: true },
  search: {
    samples: { '/search?q={root}': ['root', 'job', 'child', 'other', 'siblings'], '/search?q={job}&in=id': tree },
    heavy: true,
  },
  getJobStats: { samples: { '/jobs/stats?bucket=1h': ['job', 'other'] }, sought: { name: 'told' }, heavy: true },
  getFunctionStats: {
    samples: { '/functions/stats?compareTo=previous': ['root', 'child', 'siblings', 'number of invocations'] },
    sought: { name: 'told' },
    heavy: true,
  },
  getEventStats: { samples: { '/events/stats': ['number of events'] }, sought: { name: 'told' }, heavy: true },
  getDependencies: {
    samples: {
      '/dependencies': tree,
      '/dependencies?level=job&compareTo=previous': ['job', 'other'],
      '/dependencies?format=mermaid': tree,
      '/dependencies?format=dot': tree,
      '/dependencies?level=function&sort=name': ['root', 'child', 'siblings'],
    },
    sought: { around: 'told' },
    heavy: true,
  },
  listLinks: { samples: { '/links': [], '/links?state=mended': [] } },
  listTrees: { samples: { '/trees': tree }, texts: { rootFunction: 'root', correlationId: 'root' }, heavy: true },
  getInvocation: {
    samples: {
      '/invocations/{root}': ['root', 'event', 'job', 'child', 'siblings'],
      '/invocations/{root}?include=events,jobs': ['root', 'event', 'job', 'child', 'siblings'],
      '/invocations/{child}': ['root', 'job', 'child', 'other'],
    },
  },
  getJob: { samples: { '/jobs/{job}': ['root', 'event', 'job', 'child', 'siblings'] } },
  listEvents: {
    samples: {
      '/events?window=1h': ['event'],
      '/events?invocationId={root}&detected=any': ['event'],
    },
    texts: { name: 'event' },
  },
  getEvent: { samples: { '/events/{event}': ['root', 'event', 'job'] } },
  getTree: {
    samples: {
      '/trees/{root}': tree,
      '/trees/{root}?include=events': [...tree, 'event'],
      '/trees/{root}?shape=flat': tree,
      '/trees/{root}?from=root&format=text&include=events': [...tree, 'event'],
      '/trees/{root}?only=failed': tree,
      '/trees/{root}?format=mermaid': tree,
      '/trees/{root}?format=dot': tree,
      '/trees/{root}?format=otlp': [...tree, 'event'],
      '/trees/{job}?format=ndjson&include=events': [...tree, 'event'],
      '/trees/{child}': ['root', 'job', 'child', 'other'],
      '/trees/{child}?from=root&include=events': [...tree, 'event'],
    },
    heavy: true,
  },
  getTreeCriticalPath: {
    samples: {
      '/trees/{root}/critical-path': tree,
      '/trees/{child}/critical-path?from=root&format=text': tree,
    },
    heavy: true,
  },
  getTreeFailures: {
    samples: {
      '/trees/{root}/failures': tree,
      '/trees/{child}/failures?from=root&format=text': tree,
    },
    heavy: true,
  },
  compareTree: {
    samples: {
      '/trees/{root}/compare': tree,
      '/trees/{child}/compare?from=root&with={job}&format=text': tree,
    },
    heavy: true,
  },
  listTreeNodes: {
    samples: {
      '/trees/{root}/nodes': tree,
      '/trees/{child}/nodes?from=root&include=events': [...tree, 'event'],
    },
    heavy: true,
  },
}

export interface Endpoint extends Operation {
  /** It answers rows in pages, by (createdAt, id). */
  list: boolean
  /** Its answers have an ETag, and are not sent again to who holds them. */
  conditional: boolean
  /** It needs no key. */
  open: boolean
  heavy: boolean
  texts: Record<string, ExampleRow>
  sought: Record<string, Sought>
}

export interface Sample {
  endpoint: Endpoint
  /** `{root}`, `{job}` and so on stand for ids, which `filled` puts in. */
  path: string
  tells: readonly Told[]
  /** It comes line by line, so that its head is sent before its end is known. */
  streamed: boolean
}

/** Every operation of the document, with what the document and `examples` say of it. */
export const endpoints: Endpoint[] = operations().map((operation) => {
  const { heavy = false, texts = {}, sought = {} } = examplesOf(operation)
  const list = queryOf(operation).some(({ name }) => name === 'order')
  return Object.assign(operation, {
    list,
    conditional: '304' in operation.responses,
    open: operation.security.length === 0,
    heavy,
    texts,
    sought,
  })
})

/** Every sample of every operation. */
export const samples: Sample[] = endpoints.flatMap((endpoint) =>
  Object.entries(examplesOf(endpoint).samples).map(([path, tells]) => ({
    endpoint,
    path,
    tells,
    streamed: /[?&]format=ndjson\b|\/nodes\b/.test(path),
  })),
)

/** One sample of each form and shape of each operation, where to ask for all would take long. */
export const oneOfEachForm: Sample[] = samples.filter(
  (sample, nth) => samples.findIndex((each) => formOf(each) === formOf(sample)) === nth,
)

/** Paths of the pages of documentation, which are no operations of the document. */
export const documentation = [
  '/openapi.json',
  '/docs',
  '/docs/',
  '/docs/json',
  '/docs/static/index.html',
  '/docs/yaml',
  '/docs/static/swagger-initializer.js',
  '/docs/static/swagger-ui.css',
  '/docs/static/swagger-ui-bundle.js',
]

/** The operations that have an example and those that are documented; a test compares them. */
export const operationIds = Object.keys(examples)

/** The paths of the lists, e.g. `/invocations`. */
export const lists = endpoints.filter(({ list }) => list).map(({ path }) => path)

/** An id that no row has. */
export const NOBODY = '018f3c5e-0000-7000-8000-000000000000'

/** A path with the ids in their places; that of nobody if a row has none. */
export function filled(path: string, ids: Partial<Record<string, string>> = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? NOBODY)
}

const DAY = 86_400_000

/**
 * The path of a sample with a window that stands still, the day that ends in an hour, if its operation has one and the path names none. Without it the
 * window moves with the clock, and with it each figure, picture and bucket that tells of it.
 */
export function inOneWindow({ endpoint, path }: Sample, now = Date.now()): string {
  if (!queryOf(endpoint).some(({ name }) => name === 'to') || /[?&](window|from|to|cursor)=/.test(path)) return path
  const to = now + 3_600_000
  const [from, until] = [to - DAY, to].map((at) => new Date(at).toISOString())
  return `${path}${path.includes('?') ? '&' : '?'}from=${from}&to=${until}`
}

/** Inserts the rows that the samples ask for. The event of `other` was not detected, so that lists of events are about `event` alone; the link of `child` was mended. */
export async function addExample(pool: pg.Pool): Promise<ExampleIds> {
  const root = randomUUID()
  const payload = JSON.stringify({ event: { data: { old: null, new: { id: root } } } })
  await addInvocation(pool, { id: root, source_table: 'public.orders', source_event_payload: payload })
  const event = await addEvent(pool, root)
  const job = await addJob(pool, root, { event_execution_id: event })
  const child = await addInvocation(pool, { source_job_id: job, correlation_id: 'example' })
  await addKeptLink(pool, child, { job_id: job, state: 'mended' })
  const undetected = await addEvent(pool, child, { detected: false })
  return { root, event, job, child, other: await addJob(pool, child, { event_execution_id: undetected }) }
}

function formOf({ endpoint, path }: Sample): string {
  return `${endpoint.id} ${/[?&]((format|shape)=\w+)/.exec(path)?.[1] ?? ''}`
}

function examplesOf({ id, path }: Operation): Examples {
  return (
    examples[id] ??
    assert.fail(
      `GET ${path} (${id}) has no samples: add a line to test/support/endpoints.ts, so that the tests of all endpoints ask it too`,
    )
  )
}
