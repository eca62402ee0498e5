import type { FastifyRequest } from 'fastify'
import type { Reader } from '../../db/db.ts'
import { Problem } from '../problems/problem.ts'
import { inTurnOf, type Wanted } from './connection-shares.ts'

/** Reads something for a request, and for all others that ask for the same before the reading begins. Two requests have the same `what` if they ask for the same. */
export type SharedReading<T> = (request: FastifyRequest, what: string, read: (db: Wanted) => Promise<T>) => Promise<T>

interface Asking<T> {
  request: FastifyRequest
  read: (db: Wanted) => Promise<T>
  resolve: (found: T) => void
  reject: (error: unknown) => void
}

/** Of one thing that is asked for. */
interface Readings<T> {
  underWay: number
  waiting: Array<Asking<T>>
}

/** So many readings of the same may be under way. One that is slow makes the next ones wait no longer than the quicker of two takes. */
const AT_ONCE = 2

/**
 * While two readings of the same are under way, further requests for it wait and share the next one: twenty people who open one tree are answered by three or four readings. None joins a reading that has
 * begun, so what it is told was read after it asked. A reading has a connection in the turn of the client who asked first, and is given up when all who share it have left.
 */
export function sharedReadings<T>(db: Reader): SharedReading<T> {
  const known = new Map<string, Readings<T>>()
  const next = (what: string, readings: Readings<T>): void => {
    if (readings.underWay === AT_ONCE) return
    const together = readings.waiting.splice(0).filter(isWanted)
    const [first] = together
    if (!first) {
      if (readings.underWay === 0) known.delete(what)
      return
    }
    void readFor(what, readings, first, together)
  }
  const readFor = async (
    what: string,
    readings: Readings<T>,
    first: Asking<T>,
    together: Array<Asking<T>>,
  ): Promise<void> => {
    readings.underWay += 1
    const again = await readTogether(db, first, together)
    readings.underWay -= 1
    readings.waiting.unshift(...again)
    next(what, readings)
  }
  return (request, what, read) =>
    new Promise((resolve, reject) => {
      const readings = known.get(what) ?? { underWay: 0, waiting: [] }
      known.set(what, readings)
      readings.waiting.push({ request, read, resolve, reject })
      next(what, readings)
    })
}

/** Reads for all of them, in the turn of the first. Gives those of other clients if that one's client may have no more connections: it says nothing of them. */
async function readTogether<T>(
  db: Reader,
  { request, read }: Asking<T>,
  together: ReadonlyArray<Asking<T>>,
): Promise<Array<Asking<T>>> {
  const { client, server } = request
  const { signal, forget } = allLeft(together.map((each) => each.request.cancellation.signal))
  try {
    const found = await read(inTurnOf(db, { shares: server.shares, client, signal }))
    for (const { resolve } of together) resolve(found)
    return []
  } catch (error) {
    const refused = error instanceof Problem && error.problem === 'unavailable'
    const isToldOf = (each: Asking<T>): boolean => !refused || each.request.client === client
    for (const { reject } of together.filter(isToldOf)) reject(error)
    return together.filter((each) => !isToldOf(each))
  } finally {
    forget()
  }
}

function isWanted<T>({ request, reject }: Asking<T>): boolean {
  const { signal } = request.cancellation
  if (signal.aborted) reject(signal.reason)
  return !signal.aborted
}

/** A signal that aborts when all of these have. `forget` ends the listening. */
function allLeft(signals: readonly AbortSignal[]): { signal: AbortSignal; forget: () => void } {
  const [only, ...others] = signals
  if (only && others.length === 0) return { signal: only, forget: () => undefined }
  const all = new AbortController()
  let staying = signals.length
  const onLeave = (): void => {
    staying -= 1
    if (staying === 0) all.abort()
  }
  for (const signal of signals) signal.addEventListener('abort', onLeave, { once: true })
  return {
    signal: all.signal,
    forget() {
      for (const signal of signals) signal.removeEventListener('abort', onLeave)
    },
  }
}
