import { Type } from 'typebox'
import { problems, type ProblemName } from '../problems/problem.ts'
import { Nullable, Ref } from './values.ts'

export const CheckSchema = Type.Object(
  { ok: Nullable(Type.Boolean({ description: 'null: not looked at' })), detail: Type.String() },
  { $id: 'Check', title: 'Check' },
)

export const ChecksSchema = Type.Object(
  {
    service: Ref(CheckSchema),
    database: Ref(CheckSchema),
    schema: Ref(CheckSchema),
    tokens: Type.Optional(Ref(CheckSchema)),
    links: Type.Optional(Ref(CheckSchema)),
    rollups: Type.Optional(Ref(CheckSchema)),
    summaries: Type.Optional(Ref(CheckSchema)),
    search: Type.Optional(Ref(CheckSchema)),
  },
  { $id: 'Checks', title: 'Checks', description: 'What readiness looks at' },
)

export const WrongParameterSchema = Type.Object(
  { parameter: Type.String(), given: Type.Unknown(), allowed: Type.String() },
  { $id: 'WrongParameter', title: 'WrongParameter' },
)

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'The name of the problem, as a relative reference' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What went wrong this time' }),
    instance: Type.Optional(Type.String({ description: 'The request, as in the x-request-id header and the log' })),
    errors: Type.Optional(Type.Array(Ref(WrongParameterSchema), { description: 'Every wrong parameter' })),
    checks: Type.Optional(Ref(ChecksSchema)),
  },
  { $id: 'Problem', title: 'Problem', description: 'RFC 9457' },
)

const headers = {
  'too-many-requests': { 'retry-after': { type: 'integer', description: 'Seconds' } },
  unauthenticated: {
    'www-authenticate': { type: 'string', description: 'Bearer, and what is wrong with what was shown (RFC 6750)' },
  },
  unavailable: { 'retry-after': { type: 'integer', description: 'Seconds' } },
  timeout: { 'retry-after': { type: 'integer', description: 'Seconds' } },
} as const

/** For its `response`: what an operation answers to If-None-Match when nothing has changed. */
export const notModified = {
  304: { description: 'Nothing has changed since the answer with the ETag that If-None-Match names', type: 'null' },
} as const

/** The problems that an operation may answer, by status, for its `response`. */
export function problemResponses(...names: ProblemName[]) {
  const always: ProblemName[] = [
    'invalid-request',
    'method-not-allowed',
    'not-acceptable',
    'content-too-large',
    'uri-too-long',
    'too-many-requests',
    'headers-too-large',
    'internal-error',
    'unavailable',
    'timeout',
  ]
  return responses([...always, ...names])
}

/** How an operation that needs a scope refuses those who do not have it. */
export const accessResponses = responses(['unauthenticated', 'forbidden'])

function responses(names: readonly ProblemName[]) {
  return Object.fromEntries(
    names.map((name) => [
      problems[name].status,
      {
        description: problems[name].title,
        ...(name in headers ? { headers: headers[name as keyof typeof headers] } : {}),
        content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
      },
    ]),
  )
}
