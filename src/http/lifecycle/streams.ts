import type { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'

/** How a streamed answer ended. whole: all of it was handed over; left: its reader went away; late: it was cut off, for its reader took too long; failed: the database broke off. */
export type StreamEnd = 'whole' | 'left' | 'late' | 'failed'

/** Answers whose rows are read from the database as they are taken. Each holds a connection of it. */
export interface Streams {
  /** Now. */
  open: number
  /** Since the process started. */
  ended: Record<StreamEnd, number>
}

declare module 'fastify' {
  interface FastifyInstance {
    streams: Streams
  }
}

/** Begins to count the streamed answers of this process. */
export function registerStreams(app: FastifyInstance): Streams {
  const streams: Streams = { open: 0, ended: { whole: 0, left: 0, late: 0, failed: 0 } }
  app.decorate('streams', streams)
  return streams
}

/** Counts one of them. What it returns is to be told if the answer fails or is cut off. */
export function countStream({ streams }: FastifyInstance, stream: Readable): (end: StreamEnd) => void {
  let end: StreamEnd = 'left'
  streams.open += 1
  stream.once('end', () => {
    if (end === 'left') end = 'whole'
  })
  stream.once('close', () => {
    streams.open -= 1
    streams.ended[end] += 1
  })
  return (told) => {
    end = told
  }
}
