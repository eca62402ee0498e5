import type { Random } from '../../../src/demo/random.ts'
import type { Transport } from './rows.ts'
import type { Place } from './truth.ts'

/** What a delivery says of the job that its writer takes for its cause. */
export interface Token {
  jobId: string
  places: Place[]
}

export interface Delivery {
  transport: Transport
  eventId: string
  /** ISO 8601 UTC. */
  at: string
  table: string
  operation: 'INSERT' | 'UPDATE' | 'DELETE'
  correlationId: string
  invocationId: string
  token: Token | null
  /** A person's write: a token without a job. */
  byPerson: boolean
  retry: number
  /** 2 to 10 KB instead of half of one. */
  large: boolean
}

/** The event as Hasura delivers it and the writers store it; the old writer also stores what it has put into it. */
export function payloadOf(random: Random, delivery: Delivery): object {
  const { transport, eventId, at, operation, correlationId, token, retry } = delivery
  const [schema, name] = delivery.table.split('.')
  const row = recordOf(random, delivery)
  const sessionToken =
    token?.places.includes('x-hasura-tracking-token') === true
      ? { 'x-hasura-tracking-token': spelled(random, delivery, token.jobId) }
      : {}
  const own = transport.startsWith('eventkit')
    ? {}
    : {
        __context: { functionName: `on-${name ?? ''}` },
        __correlationId: correlationId,
        __invocationId: delivery.invocationId,
        ...(token?.places.includes('__sourceJobId') === true ? { __sourceJobId: token.jobId } : {}),
      }
  return {
    id: eventId,
    created_at: at,
    trigger: { name: `${name ?? ''}_changed` },
    table: { schema, name },
    event: {
      op: operation,
      session_variables: { 'x-hasura-role': 'admin', ...sessionToken },
      data: {
        old: operation === 'INSERT' ? null : { ...row, updated_by: 'system', state: 'new' },
        new: operation === 'DELETE' ? null : row,
      },
      trace_context: { trace_id: correlationId.replaceAll('-', ''), span_id: '5f2c1d7a90b3e846' },
    },
    delivery_info: { current_retry: retry, max_retries: 3 },
    ...own,
  }
}

function recordOf(random: Random, delivery: Delivery): Record<string, unknown> {
  const { token, byPerson, correlationId, large } = delivery
  const lines = Array.from({ length: large ? random.int(5, 22) : 1 }, (_, position) => ({
    position,
    sku: `SKU-${random.int(1000, 9999)}`,
    title: 'speckled teapot, packed by hand',
    quantity: random.int(1, 6),
    price: { amount: random.int(190, 18_900), currency: 'EUR' },
    note: 'Leave with a neighbour if nobody answers the door',
  }))
  const column = token?.places.find((place) => place === 'updated_by' || place === 'updatedby')
  const author = byPerson ? `anna@example.com|${correlationId}|unknown` : 'system'
  return {
    id: random.int(1, 99_999),
    state: 'open',
    lines,
    [column ?? 'updated_by']: column === undefined || token === null ? author : spelled(random, delivery, token.jobId),
  }
}

/** `source|correlationId|jobExecutionId`; one in four says the depth of the chain too. */
function spelled(random: Random, { correlationId }: Delivery, jobId: string): string {
  return `shop|${correlationId}|${jobId}${random.chance(0.25) ? `|${random.int(1, 9)}` : ''}`
}

/** Where a writer's jobs leave their token. The old writer's are read from the record and copied to a member of the payload; in some only one is left. */
export function placesOf(
  random: Random,
  transport: Transport,
  table: string,
  operation: Delivery['operation'],
): Place[] {
  if (transport.startsWith('eventkit')) return ['x-hasura-tracking-token']
  if (operation === 'DELETE') return []
  const column = table === 'public.payments' ? 'updatedby' : 'updated_by'
  return random.pick<Place[]>([
    ['__sourceJobId', column],
    ['__sourceJobId', column],
    ['__sourceJobId', column],
    [column],
    ['__sourceJobId'],
  ])
}
