import assert from 'node:assert/strict'
import { problems, type ProblemName } from '../../src/http/problems/problem.ts'

export interface ProblemBody {
  type: string
  title: string
  status: number
  detail: string
  instance: string
  errors?: Array<{ parameter: string; given: unknown; allowed: string }>
}

/** What betrays the inside: SQL, its tables and types, stacks, paths, the words of Postgres, Node and Fastify. */
const INSIDE =
  /\bselect\b|event_executions|job_executions|timestamptz|pg_|postgres:|sqlstate|\brelation\b|column "|syntax|invalid input|out of range|\n\s+at |node_modules|\.ts:|\.js:|FST_|ECONN|HPE_/i

/** Whether an answer is this problem in the form of RFC 9457, with a request id and without anything from inside; gives its body. */
export function assertProblem(
  name: ProblemName,
  { status, headers, text }: { status: number; headers: Record<string, unknown>; text: string },
): ProblemBody {
  const expected = problems[name]
  assert.equal(
    `${status} ${String(headers['content-type'])}`,
    `${expected.status} application/problem+json; charset=utf-8`,
    text.slice(0, 500),
  )
  const body = JSON.parse(text) as ProblemBody
  assert.equal(body.type, `/problems/${name}`, text)
  assert.equal(body.status, expected.status)
  assert.equal(body.title, expected.title)
  assert.ok(body.detail.length > 5 && body.detail.length < 1000, body.detail)
  assert.match(String(headers['x-request-id']), /^[\w.:-]+$/)
  assert.equal(body.instance, `urn:request:${String(headers['x-request-id'])}`)
  assert.doesNotMatch(text, INSIDE)
  const [first] = body.errors ?? []
  if (first) assert.ok(body.detail.includes(`was given; allowed: ${first.allowed}`), body.detail)
  return body
}
