import { fairQueue, type Standing } from '../../domain/overload/fair-queue.ts'

/** Times in ms. */
export interface PlacesOptions {
  /** How many may be in work at once. */
  places: number
  /** Longest wait for a place; 0: who finds none is told so at once. */
  wait: number
  /** Nobody is let in to wait who would most likely wait longer. */
  expectedWait: number
}

/** Why there is no place: nobody left in time, or the queue is too long to join. */
export interface Full extends Standing {
  /** How long it has waited; 0: not at all. */
  waited: number
  /** How long it would most likely have to wait. */
  expected: number
  /** Who would most likely wait longer than this is not let in to wait. */
  bound: number
}

export interface Visit {
  /** It has a place. At once, or in a turn of the event loop of its own. */
  enter: () => void
  refuse: (full: Full) => void
}

export interface Places {
  /** Gives a place, now or in turn, or refuses. Returns what is to be called when the place, or the wait for one, is over; more than once does no harm. */
  take: (client: string, visit: Visit) => () => void
  standing: (client: string) => Standing
}

/**
 * Who may not wait is told so after this time, ms: many clients come again as soon as they are refused, some thousand times a second, and each refusal
 * takes 0.1 ms of CPU from what was let in: told at once, 20 refusals for each answer left 0.62 of the capacity.
 */
const PAUSE = 100
/** So many are told late at once; each further one is told at once, for each costs memory. */
const MOST_PAUSING = 1000

/** A fair queue with the clock, and with a timer for each who waits. */
export function placesFor({ places, wait, expectedWait }: PlacesOptions): Places {
  const queue = fairQueue<() => void>({ places, expectedWait })
  let pausing = 0
  return {
    standing: (client) => queue.standing(client),
    take(client, { enter, refuse }) {
      let since = performance.now()
      let state: 'waiting' | 'pausing' | 'working' | 'gone' = 'waiting'
      let timer: NodeJS.Timeout | undefined
      const called = (): void => {
        clearTimeout(timer)
        state = 'working'
        since = performance.now()
        // Whoever leaves would otherwise begin the work of the next, which may fail and leave at once, and so on: as deep as the queue is long.
        setImmediate(() => {
          if (state === 'working') enter()
        })
      }
      const leave = (): void => {
        const now = performance.now()
        const left = state
        state = 'gone'
        clearTimeout(timer)
        if (left === 'waiting') queue.withdraw(client, called)
        if (left === 'pausing') pausing -= 1
        if (left === 'working') queue.leave(client, now - since, now)?.()
      }
      const giveUp = (expected: number, waited: number): void => {
        leave()
        refuse({ ...queue.standing(client), waited, expected, bound: expectedWait })
      }
      const arrival = queue.arrive(client, called, since)
      if (arrival === 'enters') {
        state = 'working'
        enter()
      } else if (wait === 0) giveUp(0, 0)
      else if (arrival === 'waits') timer = setTimeout(() => giveUp(0, wait), wait)
      else if (pausing >= MOST_PAUSING) giveUp(arrival, 0)
      else {
        state = 'pausing'
        pausing += 1
        timer = setTimeout(() => giveUp(arrival, 0), Math.min(PAUSE, wait))
      }
      return leave
    },
  }
}
