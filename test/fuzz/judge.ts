import assert from 'node:assert/strict'
import type { FastifyInstance } from 'fastify'
import { answerChecker } from '../support/answers.ts'
import type { FuzzAnswer } from './ask.ts'
import type { Operation } from './document.ts'
import type { FuzzRequest } from './requests.ts'

/** Fails where an answer breaks a promise: its status and its body as documented, nothing that broke, what is wrong refused. `timeout` in ms. */
export function judging(
  app: FastifyInstance,
  timeout: number,
): (operation: Operation, asked: FuzzRequest, answer: FuzzAnswer) => void {
  const check = answerChecker(app)
  return (operation, { kind, method, target }, { status, type, body, ms }) => {
    const said = `${status} ${body.slice(0, 300)}`
    assert.ok(status < 500 && status !== 429, said)
    assert.ok(ms < timeout, `it took ${Math.round(ms)} ms`)
    const documented = operation.responses[String(status)]
    assert.ok(documented, `a status that is not documented: ${said}`)
    if (method === 'HEAD' || documented.content === undefined) assert.equal(body, '')
    else check(operation.path, status, type, body, target)
    if (body !== '' && type.includes('ndjson'))
      assert.equal((JSON.parse(body.trimEnd().split('\n').at(-1) ?? '') as { type: string }).type, 'end')
    if (kind === 'right') assert.equal(status, 200, said)
    if (kind === 'wrong') assert.ok(status >= 400, `taken, though it is wrong: ${said}`)
  }
}

/** Does it show a row, or something else that was asked for? */
export function showsSomething({ status, type, body }: FuzzAnswer): boolean {
  if (status !== 200 || body === '') return false
  if (!type.startsWith('application/json')) return true
  const { data } = JSON.parse(body) as { data?: unknown }
  return !Array.isArray(data) || data.length > 0
}
