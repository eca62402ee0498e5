import assert from 'node:assert/strict'
import test from 'node:test'
import { forest, insertForest } from '../support/forest.ts'
import { assertContract } from '../support/jaeger.ts'
import { assertReadBack } from '../support/otlp.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

interface Spans {
  resourceSpans: Array<{
    scopeSpans: Array<{
      spans: Array<{
        traceId: string
        spanId: string
        parentSpanId?: string
        startTimeUnixNano: string
        endTimeUnixNano: string
        attributes: Array<{ key: string; value: { stringValue?: string; intValue?: string } }>
      }>
    }>
  }>
}

const spansOf = ({ resourceSpans }: Spans) =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))

test('every tree of a forest as OTLP/JSON is read by the definitions of OpenTelemetry, and no span ends before it starts', async (t) => {
  const { get, pool } = await service(t)
  const rows = forest(2, 80, Date.parse('2026-11-22T09:00:00Z'))
  await insertForest(pool, rows)
  const seen = new Set<string>()
  for (const { id, source_job_id } of rows.invocations) {
    if (source_job_id !== null && !rows.circular.includes(id)) continue
    const { status, headers, text } = await get(`/trees/${id}?format=otlp&maxDepth=1000`)
    assert.equal(`${status} ${String(headers['content-type'])}`, '200 application/vnd.otlp+json; charset=utf-8')
    assertReadBack(text)
    for (const { spanId, startTimeUnixNano, endTimeUnixNano, parentSpanId, attributes } of spansOf(
      assertContract<Spans>('otlp', text),
    )) {
      assert.ok(BigInt(startTimeUnixNano) <= BigInt(endTimeUnixNano))
      assert.notEqual(spanId, parentSpanId)
      for (const { key, value } of attributes) if (key === 'invocation.id') seen.add(value.stringValue ?? '')
    }
  }
  assert.deepEqual([...seen].toSorted(), rows.invocations.map(({ id }) => id).toSorted())
})

test('a part of a tree has the trace id of its root and no parent that is not there; what is cut is said', async (t) => {
  const { get, pool } = await service(t)
  const root = await addInvocation(pool)
  const job = await addJob(pool, root)
  const child = await addInvocation(pool, { source_job_id: job })
  for (let n = 0; n < 3; n += 1) await addInvocation(pool, { source_job_id: await addJob(pool, child) })
  const { text } = await get(`/trees/${child}?maxNodes=2`, { accept: 'application/vnd.otlp+json' })
  assertReadBack(text)
  const [first, ...others] = spansOf(assertContract<Spans>('otlp', text))
  assert.ok(first)
  assert.equal(first.traceId, root.replaceAll('-', ''))
  assert.equal(first.parentSpanId, undefined)
  assert.ok(others.every(({ parentSpanId }) => parentSpanId !== undefined))
  assert.match(
    first.attributes.find(({ key }) => key === 'trace.warning')?.value.stringValue ?? '',
    /^The first 2 invocations of the tree are shown/,
  )
})

test('a client that holds the spans of a tree is told so, unless something of it runs', async (t) => {
  const { app, pool } = await service(t)
  const ended = await addInvocation(pool)
  const runs = await addInvocation(pool, { status: 'running', total_duration_ms: null })
  for (const [id, again] of [
    [ended, 304],
    [runs, 200],
  ] as const) {
    const url = `/trees/${id}?format=otlp`
    const { headers } = await app.inject(url)
    const { statusCode } = await app.inject({ url, headers: { 'if-none-match': String(headers['etag']) } })
    assert.equal(statusCode, again)
  }
})
