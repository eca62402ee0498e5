import type { Readable } from 'node:stream'

/** The streams that are being read. How many there may be is the matter of the quota of heavy requests. */
export interface Streams {
  /** Keeps a stream until it closes. */
  opened(stream: Readable): Readable
  /** Cuts off all that are still open; tells how many. */
  cut(): number
}

export function streams(): Streams {
  const open = new Set<Readable>()
  return {
    opened(stream) {
      open.add(stream)
      return stream.once('close', () => open.delete(stream))
    },
    cut() {
      const { size } = open
      for (const stream of open) stream.destroy()
      return size
    },
  }
}
