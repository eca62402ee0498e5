import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LruMap } from 'toad-cache'
import { formOf, type RefusalForm, type Refuser } from '../connection/refusal.ts'
import { requestId } from '../lifecycle/request-log.ts'
import { noPlace } from './no-place.ts'
import type { Places } from './places.ts'

/** The last request of a connection that was refused as a whole. */
interface Refused {
  client: string
  /** Its headers that say who asks, and from which page. */
  asker: Asker
  form: RefusalForm
  at: number
}

/** A URL that was refused: what places it needs, and the form of errors of its API. */
interface Known {
  turnAway: Places['turnAway']
  body: RefusalForm['body']
}

type Asker = readonly (string | undefined)[]

/** For so long it is not asked again who sends requests on this connection, ms. */
const MOMENT = 5000
/** URLs of which it is known what places they need, and the characters of the longest. */
const MOST_URLS = 1000
const LONGEST_URL = 500

export interface RepeatedRefusals {
  /** This request is refused because too many wait; `turnAway` does so as long as that is so. */
  remember: (request: FastifyRequest, reply: FastifyReply, turnAway: Places['turnAway']) => void
}

/**
 * Refuses a request before Fastify sees it, if a request of its connection was refused a moment ago, if it shows the same credentials and asks for what was refused before,
 * and if as many wait still. Everything that comes before admission would find the same again, for 10 to 20 of the 105 us of CPU of a refusal.
 */
export function registerRepeatedRefusals(app: FastifyInstance, { refuseUnseen }: Refuser): RepeatedRefusals {
  const known = new LruMap<Known>(MOST_URLS)
  const connections = new WeakMap<Socket, Refused>()
  const turnedAway = (request: IncomingMessage, response: ServerResponse): boolean => {
    const before = connections.get(request.socket)
    const asked = before && known.get(request.url ?? '')
    if (!before || !asked || asked.body !== before.form.body) return false
    if (!isRepeated(before, request, response) || !app.server.listening) return false
    return asked.turnAway(before.client, (full) => {
      refuseUnseen(response, requestId(request), noPlace(full), before.form)
    })
  }
  const handlers = app.server.listeners('request') as RequestListener[]
  app.server.removeAllListeners('request')
  app.server.on('request', (request, response) => {
    if (!turnedAway(request, response)) for (const handle of handlers) handle(request, response)
  })
  return {
    remember(request, reply, turnAway) {
      const { raw, client } = request
      const { url = '', socket } = raw
      if (!isPlain(raw) || url.length > LONGEST_URL) return
      const form = formOf(request, reply)
      known.set(url, { turnAway, body: form.body })
      connections.set(socket, { client, asker: askerOf(raw), form, at: performance.now() })
    },
  }
}

/** No earlier request of the connection is being answered, for this one would have to wait behind it, and whoever asks has not changed. */
function isRepeated({ asker, at }: Refused, request: IncomingMessage, { socket }: ServerResponse): boolean {
  if (socket === null || performance.now() - at > MOMENT || !isPlain(request)) return false
  return askerOf(request).every((value, nth) => value === asker[nth])
}

/** All headers that are looked at before a place is. */
function askerOf({ headers }: IncomingMessage): Asker {
  return [headers.authorization, headers.origin, headers['x-forwarded-for'] as string | undefined]
}

/** Reads, and brings no body. */
function isPlain({ method, headers }: IncomingMessage): boolean {
  const reads = method === 'GET' || method === 'HEAD'
  return reads && headers['content-length'] === undefined && headers['transfer-encoding'] === undefined
}
