import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Reader } from '../../../db/db.ts'
import { streamTree } from '../../../reading/tree/stream.ts'
import type { AskedTree, TreeReading } from '../../../reading/tree/whole.ts'
import { treeNdjson, wholeNdjson, type Told } from '../../forms/tree-ndjson.ts'
import { onResponseEnd } from '../../lifecycle/on-response-end.ts'
import { countStream } from '../../lifecycle/streams.ts'
import { forms } from '../../negotiate/content-type.ts'
import { body, toProblem } from '../../problems/answer.ts'
import { noTree } from '../../problems/not-found.ts'
import { messagesFor } from '../../identity/messages.ts'
import { whileWanted, type Wanted } from '../../protect/connection-shares.ts'
import type { ReadSmall } from './small.ts'

/** What trees are read from, and how. */
export interface TreeSource extends TreeReading {
  db: Reader
  /** Longest time for the reader of a streamed tree, ms: its snapshot holds back vacuum and index builds. */
  streamTimeout: number
}

/** The body of an answer that is the tree as lines of JSON: at once if it is small, and else read as it is taken. */
export async function treeLinesAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  source: TreeSource & { readSmall: ReadSmall },
  place: Omit<AskedTree, 'messages'>,
): Promise<Readable | Buffer> {
  const asked = { ...place, messages: messagesFor(request) }
  const { fields } = asked.reach
  const small = await source.readSmall(request, 'ndjson', asked, (tree) => wholeNdjson(tree, fields))
  if (small === undefined) throw noTree(asked.id)
  if (small !== 'larger') {
    request.rows = small.tree.nodes.length
    void reply.type(forms.ndjson)
    // To the type of a string Fastify adds a charset, which the lines of a larger tree would not have.
    return Buffer.from(small.text())
  }
  const stream = await streamedTree(request, whileWanted(source.db, request), source, asked)
  // HEAD is over at once; Fastify would read the rest of the tree to throw it away.
  if (request.method === 'HEAD') {
    onResponseEnd(reply, () => {
      request.cancellation.abort()
      stream.destroy()
    })
  }
  void reply.type(forms.ndjson)
  return stream
}

/** The tree as lines of JSON, read as they are taken. What fails before the first line is a problem of its own. A reader that takes too long is cut off. */
async function streamedTree(
  request: FastifyRequest,
  db: Wanted,
  { streamTimeout: timeout, ...reading }: TreeSource,
  asked: AskedTree,
): Promise<Readable> {
  const { cancellation } = request
  const { signal } = cancellation
  const tree = await streamTree(() => db.open(timeout), reading, asked)
  if (!tree) throw noTree(asked.id)
  if (signal.aborted) {
    // Nobody would read a stream that is made after the 504, or close it.
    await tree.close()
    signal.throwIfAborted()
  }
  const told: Told = {
    taken: (nodes) => (request.rows += nodes),
    failed: (error) => {
      const problem = toProblem(error, request)
      if (!signal.aborted) {
        ended('failed')
        request.log.error({ err: error, problem: problem.problem }, 'a streamed tree broke off')
      }
      return body(problem, request.id)
    },
  }
  const lines = treeNdjson(tree, told, asked.reach.fields)
  const stream = Readable.from(lines, { objectMode: false })
  const ended = countStream(request.server, stream)
  const cutOff = setTimeout(() => {
    ended('late')
    request.log.info({ timeout }, 'a streamed tree was cut off: its reader took too long')
    // Before the stream: it is destroyed only when the statement that runs has ended.
    cancellation.abort()
    stream.destroy()
  }, timeout)
  // The generator closes it as soon as all is read; but one that was destroyed before its first line runs no `finally`.
  stream.once('close', () => {
    clearTimeout(cutOff)
    void tree.close()
  })
  return stream
}
