import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Limits } from './limits.ts'
import { onResponseEnd } from '../lifecycle/on-response-end.ts'
import { placesFor, type Full, type Places } from './places.ts'
import { isUnlimited } from './load-shedding.ts'
import type { Refuse } from '../connection/refusal.ts'
import { watchReaders } from './slow-readers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Makes room for the next request: the work on this one is done. */
    worked: (() => void) | null
  }
  interface FastifyContextConfig {
    /** Holds a connection for long, and much memory: such requests have places of their own, which are few. */
    heavy?: boolean
  }
}

/** Who would most likely wait longer for a place is refused, ms; in a burst, who would wait twice as long. A client that asks again later is answered sooner. */
export const EXPECTED_WAIT = 200

/**
 * Lets only so many requests be worked on at once, heavy ones apart. Those that find no place wait for a moment, in turn of their clients; then, or where
 * the queue is long already, they are refused. It stands right behind the question who asks: under ten times the load refusing is most of the work.
 * A request gives its place back when its answer begins to be sent: what is only being read any more keeps nobody out.
 */
export function registerAdmission(app: FastifyInstance, { concurrent, wait }: Limits, refuse: Refuse): void {
  const admit = admission(
    placesFor({ places: concurrent, wait, expectedWait: Math.min(EXPECTED_WAIT, wait) }),
    'requests',
    refuse,
  )
  app.decorateRequest('worked', null)
  app.addHook('onRequest', (request, reply, done) => {
    if (isUnlimited(request) || isHeavy(request)) done()
    else admit(request, reply, done)
  })
  app.addHook('onSend', (request, _reply, _payload, done) => {
    if (!isHeavy(request)) request.worked?.()
    done()
  })
}

/**
 * The same for heavy requests, of which there may be so few that big trees never take all connections from the lists. They come to it when their parameters
 * have been checked, and keep their place until their reader has the whole answer.
 */
export function registerHeavyAdmission(app: FastifyInstance, { heavy, wait, stall }: Limits, refuse: Refuse): void {
  const places = placesFor({ places: heavy, wait, expectedWait: Math.min(EXPECTED_WAIT, wait) })
  const admit = admission(places, 'trees or lists of trees', refuse)
  const readers = watchReaders(app, stall, places)
  app.addHook('preHandler', (request, reply, done) => {
    if (!isHeavy(request) || request.raw.socket.destroyed) return done()
    readers.makeRoom(request.client)
    admit(request, reply, () => {
      readers.add(request, reply)
      done()
    })
  })
}

type Admit = (request: FastifyRequest, reply: FastifyReply, enter: () => void) => void

function admission(places: Places, what: string, refuse: Refuse): Admit {
  return (request, reply, enter) => {
    const leave = places.take(request.client, {
      enter,
      refuse: (full) => refuse(request, reply, sentence(full, what)),
    })
    request.worked = leave
    onResponseEnd(reply, leave)
  }
}

function isHeavy({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.heavy === true
}

/** Why a request was refused: what it waited for, who has it, and what one client may have of it. */
function sentence({ places, share, working, own, waiting, waited, expected, bound }: Full, what: string): string {
  const now = `${working} of at most ${places} ${what} are being worked on, ${own} of them for this client, which may have ${share}; ${waiting} wait`
  if (waited > 0) return `No place became free within the ${seconds(waited)} that a request may wait: ${now}`
  if (expected > 0)
    return `The next place would most likely be free in ${seconds(expected)}, and none waits that would wait longer than ${seconds(bound)} (twice that in a burst): ${now}`
  return `There is no place: ${now}`
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(2))} s`
}
