import type { Random } from './random.ts'
import { instant } from './rows.ts'
import type { Call, World } from './world.ts'

const wares = [
  'teapot',
  'cup',
  'saucer',
  'tray',
  'kettle',
  'tea towel',
  'honey jar',
  'sugar bowl',
  'strainer',
  'caddy',
] as const
const colours = ['white', 'celadon', 'cobalt', 'ochre', 'black', 'speckled'] as const

/** The database event as JSON text: 2 to 10 KB, about 300 bytes when thin, 700 KB for an import (and once in 5,000). */
export function payload(world: World, call: Call, eventId: string): string {
  const { func, tree } = call
  const marker = drawMarker(world.random, call)
  const lines = world.thin ? undefined : drawLines(world, call)
  if (func.operation === 'MANUAL') {
    return JSON.stringify({
      manual: true,
      requestedBy: tree.user?.email,
      parameters: { subject: tree.subject, lines },
      ...marker,
    })
  }
  const record = {
    id: recordId(call),
    order_id: tree.subject,
    state: 'open',
    [trackingColumn(call)]: token(world.random, call),
    lines,
  }
  const before = world.thin ? { id: record.id } : { ...record, state: 'new', lines: lines?.slice(0, 2) }
  const session = { 'x-hasura-role': tree.user?.role ?? 'service' }
  return JSON.stringify({
    id: eventId,
    table: { schema: 'public', name: func.table?.slice('public.'.length) },
    created_at: instant(call.createdAt),
    event: {
      op: func.operation,
      session_variables: session,
      data: { old: func.operation === 'INSERT' ? null : before, new: func.operation === 'DELETE' ? null : record },
    },
    ...marker,
  })
}

/** What an invocation was told about its surroundings; headers with made-up secrets, to be kept out of every answer. */
export function context(world: World, call: Call): string {
  const demo = { seed: world.seed }
  if (world.thin) return JSON.stringify({ demo })
  const { random } = world
  return JSON.stringify({
    demo,
    environment: 'production',
    region: random.pick(['eu-central-1', 'eu-west-1']),
    functionVersion: `2026.${random.int(1, 11)}.${random.int(0, 30)}`,
    hop: call.depth,
    headers: {
      host: 'functions.example.com',
      'content-type': 'application/json',
      'user-agent': 'hasura-graphql-engine/v2.44.0',
      authorization: `Bearer demo-token-${random.id()}`,
      'x-webhook-secret': `demo-secret-${random.int(100_000, 999_999)}`,
      'x-forwarded-for': `192.0.2.${random.int(1, 254)}`,
    },
  })
}

/** The writer's marker; where there is no tracking column to carry the link, it is the only one. */
function drawMarker(random: Random, { func, cause }: Call): { __sourceJobId?: string } {
  if (cause === null || cause.link === 'unrecorded' || cause.link === 'stale') return {}
  const only = func.operation === 'MANUAL' || func.operation === 'DELETE'
  return only || random.chance(cause.link === 'severed' ? 0.5 : 0.2) ? { __sourceJobId: cause.jobId } : {}
}

/** `source|correlationId|jobExecutionId`, sometimes with the hop depth; for what a person wrote, usually just who. */
function token(random: Random, call: Call): string {
  const { cause, tree, func } = call
  if (cause === null && random.chance(0.8)) return tree.user === null ? 'system' : `user-${tree.subject % 5000}`
  const job = cause === null || cause.link === 'unrecorded' ? 'unknown' : cause.jobId
  const hop = tree.kind === 'loop' || random.chance(0.2) ? `|${call.depth}` : ''
  return `${func.system}|${tree.correlationId ?? ''}|${job}${hop}`
}

/** The younger tables spell it in one word. */
function trackingColumn({ func }: Call): 'updated_by' | 'updatedby' {
  return func.system === 'demo-billing' ? 'updatedby' : 'updated_by'
}

function recordId({ func, tree, depth }: Call): number {
  return func.table === 'public.orders' ? tree.subject : tree.subject * 10 + (depth % 10)
}

function drawLines({ random }: World, call: Call): object[] {
  const huge = (call.tree.kind === 'import' && call.depth === 0) || random.chance(0.0002)
  const count = huge ? 3600 : random.int(9, 48)
  return Array.from({ length: count }, (_, position) => ({
    position,
    sku: `SKU-${random.int(1000, 9999)}`,
    title: `${random.pick(colours)} ${random.pick(wares)}`,
    quantity: random.int(1, 6),
    price: { amount: random.int(190, 18_900), currency: 'EUR' },
    note: 'Packed by hand; leave with a neighbour if nobody answers the door',
  }))
}
