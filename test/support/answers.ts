import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import assert from 'node:assert/strict'

/** RFC 3339 as the service writes it, and what docs/api.md says of times that it cannot hold. */
const INSTANT = /^(-?infinity|(\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)$/

interface Operation {
  responses: Record<string, { content?: Record<string, { schema?: object }> }>
}

interface Document {
  paths: Record<string, { get?: Operation }>
  components: object
}

/** `url`: path and query, where the query may ask for some fields alone. */
type Checker = (route: string, status: number, contentType: string, body: string, url?: string) => void

/** By document: making a checker and its validators takes 0.2 s of a core, and most apps of a process have the same document. */
const checkers = new Map<string, Checker>()

/** Checks answers against the OpenAPI document of the app that gave them: status documented, body as its schema says, nothing more. */
export function answerChecker(app: FastifyInstance): Checker {
  const document = app.swagger() as unknown as Document
  const text = JSON.stringify(document)
  const checker = checkers.get(text) ?? checkerOf(document)
  checkers.set(text, checker)
  return checker
}

function checkerOf(document: Document): Checker {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat('date-time', INSTANT)
  ajv.addSchema({ $id: 'openapi', components: closed(document.components) })
  ajv.addSchema({ $id: 'partial', components: withoutRequired(closed(document.components)) })
  // Compiling costs 8 ms; a list read in pages of one row is hundreds of answers.
  const validators = new Map<object, ValidateFunction>()
  const partialValidators = new Map<object, ValidateFunction>()
  return (route, status, contentType, body, url = '') => {
    const operation = document.paths[route.replace(/:(\w+)/g, '{$1}')]?.get
    if (!operation) return
    const [type = ''] = contentType.split(';')
    // It stands in no document of ours, for OpenTelemetry defines it.
    if (type === 'application/vnd.otlp+json') return
    const described = operation.responses[String(status)]?.content?.[type]
    assert.ok(described?.schema, `GET ${route} answered ${status} ${type}, which it does not document`)
    if (!/[/+]json$/.test(type)) return
    // Of an answer with some fields alone, nothing is required; it must hold nothing else either.
    const partial = status === 200 && /[?&]fields=/.test(url)
    const known = partial ? partialValidators : validators
    const validate =
      known.get(described.schema) ?? ajv.compile(rebased(closed(described.schema), partial ? 'partial' : 'openapi'))
    known.set(described.schema, validate)
    assert.ok(
      validate(JSON.parse(body)),
      `GET ${route} ${status}: ${ajv.errorsText(validate.errors)}\n${body.slice(0, 500)}`,
    )
  }
}

/** Objects without further properties: an undocumented field is a mistake too. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, key === 'example' ? value : closed(value)]),
  )
  return (
    'properties' in copy && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy
  ) as T
}

function withoutRequired<T extends object>(components: T): T {
  return JSON.parse(JSON.stringify(components), (key, value: unknown) =>
    key === 'required' && Array.isArray(value) ? undefined : value,
  ) as T
}

function rebased<T>(schema: T, to: string): T {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components', `"${to}#/components`)) as T
}
