import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { Db, OpenSnapshot } from '../../db/db.ts'
import type { TreeLimits } from '../../domain/tree/row.ts'
import { body, toProblem } from '../problems/answer.ts'
import { noTree } from '../problems/not-found.ts'
import { whileWanted } from '../protect/connection-shares.ts'
import { headOf } from '../../reading/tree/head.ts'
import { walk } from '../../reading/tree/walk.ts'

interface FlatTree {
  id: string
  fromRoot: boolean
  reach: TreeLimits
  /** Longest time for the reader, ms: its snapshot holds back vacuum and index builds. */
  timeout: number
}

/**
 * The tree as lines of JSON: `tree`, a `node` each, `more` for what the cut left out below a job, and `end` (or `error`), without which
 * it is incomplete. What fails before the first line is a problem of its own. A reader that takes too long is cut off.
 */
export async function flatTree(db: Db, request: FastifyRequest, { id, fromRoot, reach, timeout }: FlatTree): Promise<Readable> {
  const { cancellation } = request
  const snapshot = await whileWanted(db, request).open(timeout)
  try {
    const top = await headOf(snapshot, id, fromRoot)
    if (!top) throw noTree(id)
    const { head, cycle } = top
    // Nobody would read a stream that is made after the 504, or close it.
    cancellation.signal.throwIfAborted()
    const stream = Readable.from(lines(snapshot, request, cancellation.signal, { type: 'tree', ...head }, () => walk(snapshot, { start: head.id, cycle, reach, atOnce: false })), { objectMode: false })
    const cutOff = setTimeout(() => {
      request.log.info({ timeout }, 'a streamed tree was cut off: its reader took too long')
      // Before the stream: it is destroyed only when the statement that runs has ended.
      cancellation.abort()
      stream.destroy()
    }, timeout)
    // The generator closes it as soon as all is read; but one that was destroyed before its first line runs no `finally`.
    stream.once('close', () => {
      clearTimeout(cutOff)
      void snapshot.close()
    })
    return stream
  } catch (error) {
    await snapshot.close()
    throw error
  }
}

async function* lines(snapshot: OpenSnapshot, request: FastifyRequest, signal: AbortSignal, head: object, start: () => ReturnType<typeof walk>): AsyncGenerator<string> {
  try {
    yield line(head)
    const steps = start()
    let step = await steps.next()
    for (; !step.done; step = await steps.next()) {
      request.rows += step.value.length
      yield step.value.map((node) => line({ type: 'node', ...node })).join('')
    }
    const { summary, truncated, more } = step.value
    for (const [jobId, rest] of more) yield line({ type: 'more', jobId, ...rest })
    yield line({ type: 'end', summary, truncated })
  } catch (error) {
    const problem = toProblem(error as Error, request)
    if (!signal.aborted) request.log.error({ err: error, problem: problem.problem }, 'a streamed tree broke off')
    yield line({ type: 'error', problem: body(problem, request.id) })
  } finally {
    await snapshot.close()
  }
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`
}
