import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Limits } from './limits.ts'
import { whenOver } from './over.ts'
import { placesFor, type Full, type Places } from './places.ts'
import { isHealth } from './pressure.ts'
import type { Refuse } from './refusal.ts'
import { watchReaders } from './readers.ts'

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

/** Who would most likely wait longer for a place is refused at once, ms: a client that asks again later is answered sooner than one that waits. */
export const EXPECTED_WAIT = 300

/**
 * Lets only so many requests be worked on at once, and so few heavy ones that big trees never take all connections from the lists. Those that
 * find no place wait for a moment, in turn of their clients; then, or where the queue is long already, they are refused.
 * A request that is not heavy gives its place back when its answer begins to be sent: what is only being read any more keeps nobody out.
 * A heavy one keeps it until its reader has the whole answer.
 */
export function registerAdmission(app: FastifyInstance, limits: Limits, refuse: Refuse): void {
  const { wait } = limits
  const expectedWait = Math.min(EXPECTED_WAIT, wait)
  const ordinary = placesFor({ places: limits.concurrent, wait, expectedWait })
  const heavy = placesFor({ places: limits.heavy, wait, expectedWait })
  const readers = watchReaders(app, limits.stall, heavy)
  app.decorateRequest('worked', null)

  const admit = (places: Places, what: string) => (request: FastifyRequest, reply: FastifyReply, then: () => void): void => {
    const leave = places.take(request.client, { enter: then, refuse: (full) => refuse(request, reply, sentence(full, what)) })
    request.worked = leave
    whenOver(reply, leave)
  }
  const admitOrdinary = admit(ordinary, 'requests')
  const admitHeavy = admit(heavy, 'trees or lists of trees')
  app.addHook('onRequest', (request, reply, done) => {
    if (isHealth(request) || isHeavy(request)) done()
    else admitOrdinary(request, reply, done)
  })
  // After the checks of its parameters: a request that is wrong takes no place.
  app.addHook('preHandler', (request, reply, done) => {
    if (!isHeavy(request) || request.raw.socket.destroyed) return done()
    readers.makeRoom(request.client)
    admitHeavy(request, reply, () => {
      readers.add(request, reply)
      done()
    })
  })
  app.addHook('onSend', (request, _reply, _payload, done) => {
    if (!isHeavy(request)) request.worked?.()
    done()
  })
}

function isHeavy({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.heavy === true
}

/** Why a request was refused: what it waited for, who has it, and what one client may have of it. */
function sentence({ places, share, working, own, waiting, waited, expected }: Full, what: string): string {
  const now = `${working} of at most ${places} ${what} are being worked on, ${own} of them for this client, which may have ${share}; ${waiting} wait`
  if (waited > 0) return `No place became free within the ${seconds(waited)} that a request may wait: ${now}`
  if (expected > 0) return `The next place would most likely be free in ${seconds(expected)}, and who would wait longer than ${seconds(EXPECTED_WAIT)} is refused at once: ${now}`
  return `There is no place: ${now}`
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(2))} s`
}
