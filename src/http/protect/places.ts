import { fairQueue, LATE, type Standing } from '../../domain/overload/fair-queue.ts'

/** Times in ms. */
export interface PlacesOptions {
  /** Whose places they are, as a refusal says it, e.g. `requests`. */
  what: string
  /** How many may be in work at once. */
  places: number
  /** Longest wait for a place; 0: who finds none is told so at once. */
  wait: number
  /** Nobody is let in to wait who would most likely wait longer. */
  expectedWait: number
}

/** Why there is no place: nobody left in time, or the queue is too long to join. */
export interface Full extends Standing {
  what: string
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
  /** Refuses the next request of this client if it would have to wait for too long; false: it would not. */
  turnAway: (client: string, refuse: (full: Full) => void) => boolean
  standing: (client: string) => Standing
}

/**
 * Who may not wait is told so after this time, ms: many clients come again as soon as they are refused, some thousand times a second, and each refusal
 * takes 0.1 ms of CPU from what was let in: told at once, 20 refusals for each answer left 0.62 of the capacity.
 */
const PAUSE = 100
/** So many are told late at once; each further one is told at once, for each costs memory. */
const MOST_PAUSING = 1000

/** One who waits. */
interface Waiting {
  enter: () => void
  giveUp: (waited: number) => void
}

/** A fair queue with the clock, and with a timer for each who waits. */
export function placesFor({ what, places, wait, expectedWait }: PlacesOptions): Places {
  const queue = fairQueue<Waiting>({ places, expectedWait })
  const standing = (client: string): Standing => queue.standing(client)
  const full = (client: string, expected: number, waited: number): Full => ({
    ...standing(client),
    what,
    waited,
    expected,
    bound: expectedWait,
  })
  /** A place is free. Those who have waited for too long are told so after the next one has it. */
  const free = (client: string, held: number, now: number): void => {
    const late: Waiting[] = []
    for (let each = queue.late(now); each; each = queue.late(now)) late.push(each)
    queue.leave(client, held, now)?.enter()
    for (const each of late) each.giveUp(LATE * expectedWait)
  }
  const afterPause = pauses(Math.min(PAUSE, wait))
  return {
    standing,
    turnAway(client, refuse) {
      // Who may not wait at all enters or is refused.
      const expected = wait === 0 ? undefined : queue.refusal(client, performance.now())
      if (expected === undefined) return false
      afterPause(() => refuse(full(client, expected, 0)))
      return true
    },
    take(client, { enter, refuse }) {
      let since = performance.now()
      let state: 'waiting' | 'working' | 'gone' = 'waiting'
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
        if (left === 'waiting') queue.withdraw(client, waiting)
        if (left === 'working') free(client, now - since, now)
      }
      const giveUp = (expected: number, waited: number): void => {
        if (state === 'gone') return
        leave()
        refuse(full(client, expected, waited))
      }
      const waiting: Waiting = { enter: called, giveUp: (waited) => giveUp(0, waited) }
      const arrival = queue.arrive(client, waiting, since)
      if (arrival === 'enters') {
        state = 'working'
        enter()
      } else if (wait === 0) giveUp(0, 0)
      else if (arrival === 'waits') timer = setTimeout(() => giveUp(0, wait), wait)
      else afterPause(() => giveUp(arrival, 0))
      return leave
    },
  }
}

/** What is handed in runs after `ms`, or at once if many others are to run after theirs. */
function pauses(ms: number): (then: () => void) => void {
  let pausing = 0
  return (then) => {
    if (pausing >= MOST_PAUSING) return then()
    pausing += 1
    setTimeout(() => {
      pausing -= 1
      then()
    }, ms)
  }
}
