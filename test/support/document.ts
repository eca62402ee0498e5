import type { TestContext } from 'node:test'
import { built } from './service.ts'

interface Content {
  schema?: object
  example?: unknown
}

interface Operation {
  operationId?: string
  summary?: string
  tags?: string[]
  parameters?: Array<{ name: string; in: string; required?: boolean; schema: object; description?: string }>
  responses: Record<string, { description?: string; headers?: object; content?: Record<string, Content> }>
}

export interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object> }
}

/** The app without a database, and the document of its routes. */
export async function builtDocument(t: TestContext) {
  const app = await built(t)
  await app.ready()
  const document = app.swagger() as unknown as Document
  return {
    app,
    document,
    operations: Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    ),
  }
}

export interface Schema {
  type?: string | string[]
  format?: string
  pattern?: string
  enum?: unknown[]
  title?: string
  items?: Schema
  properties?: object
}

/** Every schema of the document, at whatever depth, with where it stands. */
export function schemasIn(document: Document): Array<{ at: string; parts: string[]; schema: Schema }> {
  const found: Array<{ at: string; parts: string[]; schema: Schema }> = []
  const look = (value: unknown, parts: string[]): void => {
    if (typeof value !== 'object' || value === null) return
    // A property may itself be called `type`; that of a schema is a word or a list of them.
    const { type } = value as { type?: unknown }
    if (typeof type === 'string' || Array.isArray(type) || 'enum' in value)
      found.push({ at: parts.join('/'), parts, schema: value })
    for (const [key, below] of Object.entries(value))
      if (key !== 'example' && key !== 'default') look(below, [...parts, key])
  }
  look({ paths: document.paths, components: { schemas: document.components.schemas } }, [])
  return found
}
