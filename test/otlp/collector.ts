import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import test, { after } from 'node:test'
import { folderInside, run } from '../clients/run.ts'
import { forest, insertForest } from '../support/forest.ts'
import { service } from '../support/service.ts'

/** `npm run test:otlp`: trees as OTLP/JSON, read by the decoder of OpenTelemetry's collector, which takes a wrong id or a null as a reason to refuse all of it. Go downloads it, pinned. */

interface KeyValue {
  key: string
  value: { stringValue?: string; intValue?: string }
}

interface Sent {
  resourceSpans: Array<{
    resource: { attributes: KeyValue[] }
    scopeSpans: Array<{
      spans: Array<{
        traceId: string
        spanId: string
        parentSpanId?: string
        name: string
        kind: number
        startTimeUnixNano: string
        endTimeUnixNano: string
        attributes: KeyValue[]
        events?: Array<{ timeUnixNano: string; name: string; attributes: KeyValue[] }>
        status: { code?: number; message?: string }
      }>
    }>
  }>
}

const withoutGo = spawnSync('go', ['version']).status !== 0
after(() => {
  if (withoutGo)
    process.stderr.write("\nSKIPPED: spans were not read by the collector's decoder: go cannot be started here\n")
})

test(
  "the collector's decoder reads each span of every tree as it was sent",
  { skip: withoutGo && 'no go' },
  async (t) => {
    const { get, pool } = await service(t)
    const rows = forest(2, 80, Date.parse('2026-11-22T09:00:00Z'))
    await insertForest(pool, rows)
    const folder = join(folderInside(t), 'work')
    mkdirSync(folder)
    cpSync(import.meta.dirname, folder, { recursive: true })
    await run('go', ['build', '-o', 'read', '.'], folder)
    let spans = 0
    for (const { id, source_job_id } of rows.invocations) {
      if (source_job_id !== null && !rows.circular.includes(id)) continue
      const { text: body } = await get(`/trees/${id}?format=otlp&maxDepth=1000&include=events`)
      const read = await decoded(join(folder, 'read'), body)
      assert.deepEqual(read, sent(JSON.parse(body) as Sent))
      spans += read.length
    }
    assert.ok(spans > 200, `${spans} spans`)
  },
)

/** What the decoder read, in the order of the document. It ends with its error if it refuses. */
async function decoded(program: string, body: string): Promise<object[]> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(body)
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)])
  assert.equal(error, '')
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as object)
}

function sent({ resourceSpans }: Sent): object[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(
        ({ traceId, spanId, parentSpanId = '', name, kind, startTimeUnixNano, endTimeUnixNano, status, ...more }) => ({
          service: values(resource.attributes)['service.name'],
          traceId,
          spanId,
          parentSpanId,
          name,
          kind,
          start: startTimeUnixNano,
          end: endTimeUnixNano,
          status: status.code ?? 0,
          message: status.message ?? '',
          attributes: values(more.attributes),
          events: (more.events ?? []).map((event) => ({
            name: event.name,
            at: event.timeUnixNano,
            attributes: values(event.attributes),
          })),
        }),
      ),
    ),
  )
}

/** Integers of these spans are small enough for a number. */
function values(attributes: readonly KeyValue[]): Record<string, string | number> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]))
}
