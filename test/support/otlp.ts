import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

/** What the generated code of OpenTelemetry's own protobuf definitions gives for a message. */
interface Message {
  fromObject: (value: object) => object
  encode: (message: object) => { finish: () => Uint8Array }
  decode: (bytes: Uint8Array) => object
  toObject: (message: object, options: object) => object
}

interface Definitions {
  opentelemetry: { proto: { collector: { trace: { v1: { ExportTraceServiceRequest: Message } } } } }
}

const { opentelemetry } = createRequire(import.meta.url)(
  '@opentelemetry/otlp-proto-exporter-base/build/src/generated/root.js',
) as Definitions
const { ExportTraceServiceRequest: request } = opentelemetry.proto.collector.trace.v1

const IDS = new Set(['traceId', 'spanId', 'parentSpanId'])

/** OTLP/JSON writes ids in hex, which the generated code takes as bytes. */
function withBytes(value: unknown, key = ''): unknown {
  if (IDS.has(key)) return Buffer.from(String(value), 'hex')
  if (Array.isArray(value)) return value.map((each) => withBytes(each))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withBytes(each, name)]))
}

/** Whether the protobuf definitions know every field of a document, and hold every value of it: what they read, write and read again is the same. */
export function assertReadBack(body: string): void {
  const document = JSON.parse(body) as object
  const bytes = request.encode(request.fromObject(withBytes(document) as object)).finish()
  const read = request.toObject(request.decode(bytes), { longs: String, enums: Number, bytes: Buffer })
  assert.deepEqual(plain(read), plain(withBytes(document)))
}

function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, each: unknown) =>
      each instanceof Uint8Array ? Buffer.from(each).toString('hex') : each,
    ),
  )
}
