import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { onResponseEnd } from '../lifecycle/on-response-end.ts'
import type { Refuse } from '../connection/refusal.ts'
import { isUnlimited } from './load-shedding.ts'
import { noPlace } from './no-place.ts'
import type { Limits } from './limits.ts'
import { placesFor, type Full, type Places, type Visit } from './places.ts'
import type { RepeatedRefusals } from './repeated-refusals.ts'
import type { Readers } from './slow-readers.ts'

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

/** What admission works with. */
export interface Admission {
  heavy: Places
  others: Places
  readers: Readers
  refuse: Refuse
  repeated: RepeatedRefusals
}

/** Heavy requests have places of their own, so few that big trees never take all connections from the lists. */
export function placesWithin({ heavy, concurrent, wait }: Limits): Pick<Admission, 'heavy' | 'others'> {
  const times = { wait, expectedWait: Math.min(EXPECTED_WAIT, wait) }
  return {
    heavy: placesFor({ what: 'trees, lists of trees or figures', places: heavy, ...times }),
    others: placesFor({ what: 'requests', places: concurrent, ...times }),
  }
}

/**
 * Lets only so many requests be worked on at once, heavy ones apart. Those that find no place wait for a moment, in turn of their clients; then, or where
 * the queue is long already, they are refused. It stands right behind the question who asks: under ten times the load refusing is most of the work.
 * A request gives its place back when its answer begins to be sent: what is only being read any more keeps nobody out.
 */
export function registerAdmission(app: FastifyInstance, { heavy, others, readers, refuse, repeated }: Admission): void {
  const turnAway: Places['turnAway'] = (client, refused) => {
    readers.makeRoom(client)
    return heavy.turnAway(client, refused)
  }
  app.decorateRequest('worked', null)
  app.addHook('onRequest', (request, reply, done) => {
    if (isUnlimited(request)) return done()
    const refused = (full: Full): void => {
      if (full.waited === 0) repeated.remember(request, reply, isHeavy(request) ? turnAway : others.turnAway)
      refuse(request, reply, noPlace(full))
    }
    // A heavy one takes its place when its parameters have been checked.
    if (!isHeavy(request)) admit(request, reply, others, { enter: done, refuse: refused })
    else if (!turnAway(request.client, refused)) done()
  })
  app.addHook('onSend', (request, _reply, _payload, done) => {
    if (!isHeavy(request)) request.worked?.()
    done()
  })
}

/** Gives heavy requests their places when their parameters have been checked. They keep them until their reader has the whole answer. */
export function registerHeavyAdmission(app: FastifyInstance, { heavy, readers, refuse }: Admission): void {
  app.addHook('preHandler', (request, reply, done) => {
    if (!isHeavy(request) || request.raw.socket.destroyed) return done()
    readers.makeRoom(request.client)
    admit(request, reply, heavy, {
      enter() {
        readers.add(request, reply)
        done()
      },
      refuse: (full) => refuse(request, reply, noPlace(full)),
    })
  })
}

function admit(request: FastifyRequest, reply: FastifyReply, places: Places, visit: Visit): void {
  const leave = places.take(request.client, visit)
  request.worked = leave
  onResponseEnd(reply, leave)
}

function isHeavy({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.heavy === true
}
