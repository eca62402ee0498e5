import createClient from 'openapi-fetch'
import type { paths } from './api.ts'

/** Asks the service through the client that was generated beside this file, and prints what came, by the names that test/clients/service.ts knows. */
const told = JSON.parse(process.argv[2] ?? '') as {
  base: string
  root: string
  child: string
  job: string
  event: string
  circular: string
  busy: string
  odd: string
  nobody: string
  from: string
  to: string
}
const { GET } = createClient<paths>({ baseUrl: told.base })
const at = (id: string) => ({ path: { id } })

// Neither order nor limit has to be given.
const { data: list } = await GET('/invocations', { params: { query: {} } })
const next: string | null | undefined = list?.page.nextCursor
const answers = {
  home: await GET('/'),
  live: await GET('/health/live'),
  ready: await GET('/health/ready'),
  invocations: await GET('/invocations', {
    params: { query: { status: ['failed', 'completed'], from: told.from, to: told.to, limit: 1 } },
  }),
  triggered: await GET('/invocations', { params: { query: { sourceJobId: [told.job], order: 'asc' } } }),
  invocation: await GET('/invocations/{id}', {
    params: { ...at(told.root), query: { include: ['email', 'payload', 'context', 'options', 'results', 'stacks'] } },
  }),
  child: await GET('/invocations/{id}', { params: at(told.child) }),
  jobs: await GET('/jobs', { params: { query: { window: '99999w', status: ['failed'], limit: 1 } } }),
  job: await GET('/jobs/{id}', { params: { ...at(told.job), query: { include: ['options', 'result', 'stack'] } } }),
  events: await GET('/events', {
    params: { query: { window: '99999w', name: ['order-placed'], detected: 'any', limit: 1 } },
  }),
  event: await GET('/events/{id}', { params: { ...at(told.event), query: { include: ['stack'] } } }),
  chains: await GET('/chains', { params: { query: { window: '99999w', triggeringJob: ['capture-payment'] } } }),
  links: await GET('/links', { params: { query: { window: '99999w', state: ['recovered', 'severed'], limit: 1 } } }),
  record: await GET('/records/{table}/{recordId}', {
    params: { path: { table: 'public.orders', recordId: '7' }, query: { limit: 1, include: ['changes'] } },
  }),
  correlation: await GET('/correlations/{correlationId}', { params: { path: { correlationId: 'order-1041' } } }),
  search: await GET('/search', { params: { query: { q: 'public.orders:7' } } }),
  searchLate: await GET('/search', { params: { query: { q: 'Declined', in: ['error'] } } }),
  names: await GET('/names', {
    params: { query: { from: told.from, to: told.to, kind: ['job'], text: 'capture' } },
  }),
  criticalPaths: await GET('/critical-paths', {
    params: {
      query: {
        from: told.from,
        to: told.to,
        rootFunction: ['on-order-created'],
        compareTo: 'previous',
        sort: 'name',
      },
    },
  }),
  hintedCriticalPaths: await GET('/critical-paths', {
    params: { query: { from: told.from, to: told.to, fromFunction: 'on-ordr-created', toFunction: 'imported' } },
  }),
  comparison: await GET('/trees/{id}/compare', { params: at(told.odd) }),
  compared: await GET('/trees/{id}/compare', { params: { ...at(told.busy), query: { with: told.odd } } }),
  shapes: await GET('/shapes', {
    params: { query: { from: told.from, to: told.to, rootFunction: ['on-order-created'], sort: 'name' } },
  }),
  hintedShapes: await GET('/shapes', {
    params: { query: { from: told.from, to: told.to, rootFunction: ['on-ordr-created'] } },
  }),
  missing: await GET('/missing', {
    params: { query: { from: told.from, to: told.to, support: 1, confidence: 0.01 } },
  }),
  hintedMissing: await GET('/missing', {
    params: { query: { from: told.from, to: told.to, name: ['captur-payment'] } },
  }),
  hinted: await GET('/jobs', { params: { query: { from: told.from, to: told.to, name: ['captur-payment'] } } }),
  hintedStats: await GET('/jobs/stats', {
    params: { query: { from: told.from, to: told.to, name: ['captur-payment'] } },
  }),
  hintedFailures: await GET('/failures', {
    params: { query: { from: told.from, to: told.to, name: ['captur-payment'] } },
  }),
  hintedDependencies: await GET('/dependencies', {
    params: { query: { from: told.from, to: told.to, around: 'captur-payment' } },
  }),
  jobStats: await GET('/jobs/stats', {
    params: { query: { from: told.from, to: told.to, bucket: '1h', compareTo: 'previous', limit: 1 } },
  }),
  totals: await GET('/totals', {
    params: { query: { from: told.from, to: told.to, compareTo: 'previous', bucket: '1h' } },
  }),
  functionStats: await GET('/functions/stats', {
    params: { query: { from: told.from, to: told.to, timeZone: 'UTC' } },
  }),
  eventStats: await GET('/events/stats', {
    params: { query: { from: told.from, to: told.to, name: ['order-placed'] } },
  }),
  failures: await GET('/failures', {
    params: { query: { from: told.from, to: told.to, kind: ['job'], name: ['capture-payment'], sort: 'name' } },
  }),
  dependencies: await GET('/dependencies', {
    params: { query: { from: told.from, to: told.to, around: 'capture-payment', compareTo: 'previous', limit: 1 } },
  }),
  trees: await GET('/trees', { params: { query: { window: '99999w', status: ['failed'], limit: 1 } } }),
  tree: await GET('/trees/{id}', { params: { ...at(told.child), query: { include: ['events'] } } }),
  whole: await GET('/trees/{id}', { params: { ...at(told.child), query: { from: 'root', include: ['events'] } } }),
  flat: await GET('/trees/{id}', {
    params: { ...at(told.child), query: { from: 'root', include: ['events'], shape: 'flat' } },
  }),
  flatCut: await GET('/trees/{id}', { params: { ...at(told.root), query: { maxDepth: 0, shape: 'flat' } } }),
  flatNarrow: await GET('/trees/{id}', { params: { ...at(told.root), query: { maxNodes: 2, shape: 'flat' } } }),
  flatCircular: await GET('/trees/{id}', { params: { ...at(told.circular), query: { shape: 'flat' } } }),
  failedOnly: await GET('/trees/{id}', {
    params: { ...at(told.root), query: { only: 'failed', shape: 'flat' } },
  }),
  cut: await GET('/trees/{id}', { params: { ...at(told.root), query: { maxDepth: 0 } } }),
  narrow: await GET('/trees/{id}', { params: { ...at(told.root), query: { maxNodes: 2 } } }),
  circular: await GET('/trees/{id}', { params: at(told.circular) }),
  busy: await GET('/trees/{id}', { params: at(told.busy) }),
  criticalPath: await GET('/trees/{id}/critical-path', { params: at(told.busy) }),
  treeFailures: await GET('/trees/{id}/failures', { params: at(told.busy) }),
  wrong: await GET('/invocations', { params: { query: { limit: 0 } } }),
  unknown: await GET('/trees/{id}', { params: at(told.nobody) }),
}

// What a reader of the types relies on.
const { data: whole } = answers.whole
// As text and as lines it would be one; nobody asked for those.
const tree = typeof whole === 'string' ? undefined : whole
const figures: number | undefined = tree?.summary.failedJobs
const below: string | undefined = tree?.tree?.jobs[1]?.triggered[0]?.jobs[0]?.name
const skew: boolean | undefined = answers.chains.data?.data[0]?.clockSkew
const allowed: string | undefined = answers.wrong.error?.errors?.[0]?.allowed
if (figures === undefined || below === undefined || skew === undefined || allowed === undefined || next === undefined)
  throw new Error('a field that is always there is not')

console.log(
  JSON.stringify(Object.fromEntries(Object.entries(answers).map(([name, { data, error }]) => [name, data ?? error]))),
)
