import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import { LruMap } from 'toad-cache'

/** The requests of one key or address in the window that began at `since` (ms, monotonic). */
interface Count {
  requests: number
  since: number
}

/**
 * Counts the requests of at most `most` keys; the one that was used longest ago goes first. As the store of the library, but by a clock that never
 * jumps: with Date.now() a clock that is set back by an hour (an NTP step, a virtual machine that is resumed) makes an hour of 429.
 */
export function rateStore(most: number): FastifyRateLimitStoreCtor {
  return class RateStore implements FastifyRateLimitStore {
    readonly #counts = new LruMap<Count>(most)

    /** Counts one request, and tells how many there were in this window and for how long it lasts, ms. */
    incr(key: string, callback: Parameters<FastifyRateLimitStore['incr']>[1], window: number): void {
      const now = performance.now()
      const known = this.#counts.get(key)
      const count = known !== undefined && now - known.since < window ? known : { requests: 0, since: now }
      count.requests += 1
      if (count !== known) this.#counts.set(key, count)
      callback(null, { current: count.requests, ttl: window - (now - count.since) })
    }

    /** No route has a limit of its own. */
    child(): FastifyRateLimitStore {
      return this
    }
  }
}
