import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from 'typebox'
import type { Db } from '../../db/db.ts'
import { Invalid } from '../../domain/invalid.ts'
import { treeLines } from '../../domain/tree-text.ts'
import type { Reach } from '../../domain/tree-row.ts'
import { unchanged } from '../plugins/conditional.ts'
import { forms, type Form } from '../plugins/forms.ts'
import { whenOver } from '../plugins/over.ts'
import { whileWanted } from '../plugins/shares.ts'
import { flatTree } from '../tree/flat.ts'
import { nested, wholeTree } from '../tree/nested.ts'
import { notModified, problemResponses } from '../schemas/problem.ts'
import { TreeSchema, treeExample } from '../schemas/tree.ts'
import { EnumParam, IdParam, Many, Query, Ref } from '../schemas/values.ts'

const MAX_JOBS = 1000

const DEPTH = 100
const NODES = 10_000

interface Maxima {
  maxDepth: number
  maxNodes: number
}

type ByForm = Record<Exclude<Form, 'html'>, Maxima>

/** Nested JSON overflows the stack of most parsers at a depth of some thousands; the other forms are read line by line. Only a streamed tree is not held whole. */
function maximaOf({ maxDepth, maxNodes }: Maxima): ByForm {
  const whole = Math.min(10_000, maxNodes)
  return { json: { maxDepth: Math.min(1000, maxDepth), maxNodes: whole }, text: { maxDepth, maxNodes: whole }, ndjson: { maxDepth, maxNodes } }
}

const treeQuery = ({ json, ndjson }: ByForm) => Query({
  from: Type.Optional(EnumParam(['root'], 'root: climb to the root first, and show the whole tree')),
  include: Many(EnumParam(['events'], 'events: the detected events of each node')),
  maxDepth: Type.Integer({ minimum: 0, maximum: ndjson.maxDepth, default: Math.min(DEPTH, ndjson.maxDepth), description: `Levels below the start; up to ${json.maxDepth} nested, ${ndjson.maxDepth} as ndjson and text` }),
  maxNodes: Type.Integer({ minimum: 1, maximum: ndjson.maxNodes, default: Math.min(NODES, ndjson.maxNodes), description: `Invocations; up to ${json.maxNodes} nested and as text, ${ndjson.maxNodes} as ndjson` }),
  format: Type.Optional(EnumParam(['json', 'ndjson', 'text'], 'The form of the answer; stands above Accept')),
})

const Lines = Type.Unsafe<Readable>({ type: 'string', description: 'Streamed, line by line' })

interface TreeOptions extends Maxima {
  db: Db
  /** Longest time for a streamed tree to be read, ms. */
  streamTimeout: number
}

/** GET /trees/:id: the execution tree below an invocation or a job. */
export const tree: FastifyPluginAsyncTypebox<TreeOptions> = async (app, { db, streamTimeout, ...most }) => {
  const maxima = maximaOf(most)
  app.get('/trees/:id', {
    config: { forms: ['json', 'ndjson', 'text'], heavy: true },
    schema: {
      operationId: 'getTree', tags: ['trees'], summary: 'The execution tree below an invocation, or below the invocation of a job',
      description: 'Nested JSON, or by Accept (or format) lines of JSON (application/x-ndjson: tree, node…, more…, end) or an indented text. Cut breadth-first by (depth, createdAt, id), and always said.',
      params: Type.Object({ id: IdParam('An invocation, or a job') }),
      querystring: treeQuery(maxima),
      response: {
        200: { description: 'The tree', content: { 'application/json': { schema: Ref(TreeSchema), example: treeExample }, 'application/x-ndjson': { schema: Lines }, 'text/plain': { schema: Lines } } },
        ...notModified,
        ...problemResponses('not-found'),
      },
    },
  }, async (request, reply) => {
    const { params: { id }, query, form } = request
    const fromRoot = query.from === 'root'
    const reach = reachOf(query, form, maxima)
    if (form === 'ndjson') {
      const stream = await flatTree(db, request, { id, fromRoot, reach, timeout: streamTimeout })
      // HEAD is over at once; Fastify would read the rest of the tree to throw it away.
      if (request.method === 'HEAD') {
        whenOver(reply, () => {
          request.leaving.abort()
          stream.destroy()
        })
      }
      return reply.type(forms.ndjson).send(stream)
    }
    const whole = await whileWanted(db, request).snapshot((snapshot) => wholeTree(snapshot, id, fromRoot, reach))
    request.rows = whole.nodes.length
    if (unchanged(request, reply, [], JSON.stringify([whole.head, ...whole.found.more]) + whole.state)) return reply
    const answer = nested(whole)
    if (form === 'json') return answer
    return reply.type('text/plain; charset=utf-8').send(Readable.from(treeLines(answer.tree, answer.summary, answer.truncated)))
  })
}

function reachOf({ maxDepth, maxNodes, include }: Static<ReturnType<typeof treeQuery>>, form: Form, maxima: ByForm): Reach {
  const allowed = maxima[form === 'html' ? 'json' : form]
  const given = { maxDepth, maxNodes }
  for (const name of ['maxDepth', 'maxNodes'] as const) {
    if (given[name] > allowed[name]) throw new Invalid(name, given[name], `a whole number up to ${allowed[name]} as ${forms[form]}; ${moreAs(name, allowed[name], maxima)}`)
  }
  return { ...given, maxJobs: MAX_JOBS, events: include !== undefined }
}

/** What the other forms allow, where it is more. */
function moreAs(name: keyof Maxima, most: number, maxima: ByForm): string {
  const more = Object.entries(maxima).filter(([, allowed]) => allowed[name] > most)
  return more.map(([form, allowed]) => `up to ${allowed[name]} with format=${form}`).join(', ')
}
