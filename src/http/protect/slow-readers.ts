import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { progressed, type Progress } from '../../domain/overload/progress.ts'
import { takenOf } from '../connection/taken.ts'
import { onResponseEnd } from '../lifecycle/on-response-end.ts'
import type { Places } from './places.ts'

/** How often it is looked what the readers have taken, ms. */
const EVERY = 250
/** How long a reader may stall while another client waits for its place, ms. */
const BESIDE_OTHERS = 2000

interface Reader {
  request: FastifyRequest
  progress: Progress
}

export interface Readers {
  /** Watches the reader of a heavy answer until it has all of it. */
  add: (request: FastifyRequest, reply: FastifyReply) => void
  /** Looks now and not only at the next tick, for a client that has come and finds no place. */
  makeRoom: (newcomer: string) => void
}

/**
 * Cuts off readers that have stalled for two seconds while others want their place, for each holds one, memory and perhaps a connection of the database.
 * To have stalled means to have taken less than 64 KiB in that time while there was something to take. (Who stalls alone is cut off with its connection:
 * connection/stalled-connections.ts.)
 */
export function watchReaders(app: FastifyInstance, { standing }: Places): Readers {
  const readers = new Set<Reader>()
  let timer: NodeJS.Timeout | undefined
  /** How many other clients' requests want the place of this one. */
  const wanted = (client: string, newcomer: string | undefined): number => {
    const { others, working, places } = standing(client)
    return others + (newcomer !== undefined && newcomer !== client && working >= places ? 1 : 0)
  }
  const look = (newcomer?: string): void => {
    const now = performance.now()
    let made = 0
    for (const reader of readers) {
      const { request } = reader
      // Nothing can be taken before there is an answer. One that waits behind others of its connection is not at fault while those are being made, and is while those are not taken.
      reader.progress = progressed(reader.progress, {
        now,
        taken: takenOf(request.raw.socket),
        pending: request.answering && request.raw.socket.writableLength > 0,
      })
      const stalled = now - reader.progress.since
      if (stalled < BESIDE_OTHERS || wanted(request.client, newcomer) <= made) continue
      made += 1
      readers.delete(reader)
      cutOff(reader, stalled)
    }
  }
  app.addHook('onClose', (_app, done) => {
    clearInterval(timer)
    done()
  })
  return {
    makeRoom: look,
    add(request, reply) {
      const reader = { request, progress: { since: performance.now(), taken: takenOf(request.raw.socket) } }
      readers.add(reader)
      timer ??= setInterval(() => look(), EVERY).unref()
      onResponseEnd(reply, () => {
        readers.delete(reader)
        if (readers.size > 0) return
        clearInterval(timer)
        timer = undefined
      })
    },
  }
}

function cutOff({ request }: Reader, stalled: number): void {
  request.log.info({ stalledMs: Math.round(stalled) }, 'an answer was cut off for others: its reader stalled')
  // At once, so that whoever asks now finds the place free.
  request.worked?.()
  // The answer itself may have no connection yet, if others stand before it, and would then go on for as long as those do.
  request.raw.socket.destroy()
}
