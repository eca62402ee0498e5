import type { Readable } from 'node:stream'
import { Problem } from '../../errors.ts'

const RETRY_SECONDS = 5

/** The streams that are being read. Each holds a connection for as long as its reader likes, so they are few. */
export interface Streams {
  /** Makes a stream, if one more may be open; throws unavailable otherwise. */
  open(make: () => Promise<Readable>): Promise<Readable>
  /** Cuts off all that are still open; tells how many. */
  cut(): number
}

export function streams(most: number): Streams {
  const open = new Set<Readable>()
  let taken = 0
  return {
    async open(make) {
      if (taken >= most) throw new Problem('unavailable', `${taken} trees are being streamed, and no more may be at once (half of POOL_SIZE)`, { retryAfter: RETRY_SECONDS })
      taken += 1
      try {
        const stream = await make()
        open.add(stream)
        stream.once('close', () => {
          open.delete(stream)
          taken -= 1
        })
        return stream
      } catch (error) {
        taken -= 1
        throw error
      }
    },
    cut() {
      const { size } = open
      for (const stream of open) stream.destroy()
      return size
    },
  }
}
