import { readFileSync } from 'node:fs'

/** What a parameter may be, as far as the fuzzing looks at it. */
export interface ValueSchema {
  type?: string
  format?: string
  pattern?: string
  enum?: string[]
  /** Of an open text of which only some words are taken: those that every database has. */
  examples?: string[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  maxItems?: number
  items?: ValueSchema
  'x-allowed'?: string
}

export interface Parameter {
  name: string
  in: 'query' | 'path' | 'header'
  required?: boolean
  schema: ValueSchema
}

/** One operation of the document: GET of a path, and what it may answer. */
export interface Operation {
  id: string
  path: string
  parameters: Parameter[]
  /** The ways to identify oneself of which one is needed; none if it is open to all. */
  security: object[]
  responses: Record<string, { content?: Record<string, object> }>
}

/** Every operation of openapi/openapi.json: what is added there is fuzzed from then on. */
export function operations(): Operation[] {
  const text = readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')
  const { paths } = JSON.parse(text) as {
    paths: Record<
      string,
      Record<
        string,
        { operationId: string; parameters?: Parameter[]; security: object[]; responses: Operation['responses'] }
      >
    >
  }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).map(({ operationId, parameters = [], security, responses }) => ({
      id: operationId,
      path,
      parameters: parameters.map(withNames),
      security,
      responses,
    })),
  )
}

/** Of a list of names its sentence says which there are; examples in the document would be sent by whoever tries it in /docs. */
function withNames(parameter: Parameter): Parameter {
  const [, names] = /^names with commas between, of (.*)$/.exec(parameter.schema['x-allowed'] ?? '') ?? []
  const known = names?.split(', ') ?? []
  if (known.length === 0) return parameter
  return { ...parameter, schema: { ...parameter.schema, examples: [known.at(0) ?? '', known.slice(-2).join(',')] } }
}

export const queryOf = ({ parameters }: Operation): Parameter[] => parameters.filter((each) => each.in === 'query')

/** The kinds of text that their schema tells apart by the sentence of a refusal alone. */
export function meaning({
  'x-allowed': allowed = '',
}: ValueSchema): 'instant' | 'window' | 'duration' | 'cursor' | undefined {
  if (allowed.includes('instant')) return 'instant'
  if (allowed.includes('a unit of')) return 'window'
  if (allowed.includes('ms, s, m or h')) return 'duration'
  return allowed.includes('nextCursor') ? 'cursor' : undefined
}
