import { lastingOverload, type LastingOverload } from './lasting-overload.ts'

/** Times in ms. */
export interface FairQueueOptions {
  /** How many visitors may be in work at once. One client has all of these places but one. */
  places: number
  /** A visitor who would most likely wait longer is refused; in a burst, who would wait twice as long. */
  expectedWait: number
}

/** A visitor has a place, stands in the queue, or is refused. `enters`: it has a place. `waits`: it stands in the queue. A number: it is refused, for it would most likely wait so long (ms). */
export type Arrival = 'enters' | 'waits' | number

export interface FairQueue<T> {
  /** `now` in ms, of a clock that does not jump. */
  arrive(client: string, visitor: T, now: number): Arrival
  /** What `arrive` would say to the next visitor of this client, if it would refuse it; undefined otherwise. */
  refusal(client: string, now: number): number | undefined
  /** A visitor gives its place back after `held` ms of work. Gives the one who has a place now. */
  leave(client: string, held: number, now: number): T | undefined
  /**
   * Takes a visitor out of the queue who has waited for too long in an overload that lasts, if the next visitor of its client would be refused and
   * another one waits behind it, who gets its turn; undefined: there is none.
   */
  late(now: number): T | undefined
  /** A visitor does not wait any longer. */
  withdraw(client: string, visitor: T): void
  /** How things stand for a client. */
  standing(client: string): Standing
}

export interface Standing {
  places: number
  /** Places that one client may have. */
  share: number
  /** Visitors that have a place, and those of them that are the client's own. */
  working: number
  own: number
  /** Visitors that wait, and those of them that are not the client's own. */
  waiting: number
  others: number
}

interface Client<T> {
  held: number
  waiting: Array<{ visitor: T; since: number }>
  overload: LastingOverload
}

/** However quick the work is, no more visitors wait than these: each costs memory. Beyond them a client may still have its equal part, or one client would close the queue to all others. */
export const MOST_WAITING = 1000
/** Weight of the newest visit in the mean time of work: the last ten or twenty visits count. */
const NEWEST = 0.1
/** So many visits are worked before their mean says anything: the first ones of a process take ten times as long as later ones. */
const LEARNING = 20
/** In a burst, which is over soon, the queue may be so many times longer. Who is refused comes again at once, and would make a short burst a long one. */
const BURST = 2
/**
 * Who has waited for so many times the expected wait in an overload that lasts is late: work has become slower than the visits so far told. It is
 * refused rather than answered after a second, and one that came later is answered soon: as many are answered.
 */
export const LATE = 3
/** A visit longer than this share of what closes the queue counts as no more, or one slow reader would close it for the next twenty visits. */
const LONGEST = 2

/**
 * Places for work, given in turn: first come, first served within a client, round-robin between clients. No client has all places while there
 * is more than one, so that the next client finds one. How long the queue may be follows from the mean time of the visits so far: with
 * eleven places and 50 ms of work the sixtieth who waits has 300 ms before it, and the next is refused unless this is a burst.
 */
export function fairQueue<T>({ places, expectedWait }: FairQueueOptions): FairQueue<T> {
  const share = Math.max(1, places - 1)
  const longest = LONGEST * expectedWait * share
  const clients = new Map<string, Client<T>>()
  /** Those of whom somebody waits; whose turn is next stands first. */
  const turns = new Set<string>()
  let working = 0
  let waiting = 0
  let mean = 0
  let visits = 0
  const overload = lastingOverload(expectedWait, 0)

  const known = (name: string, now = 0): Client<T> =>
    clients.get(name) ?? { held: 0, waiting: [], overload: lastingOverload(expectedWait, now) }
  const keep = (name: string, client: Client<T>): void => {
    if (client.held === 0 && client.waiting.length === 0) clients.delete(name)
    else clients.set(name, client)
    if (client.waiting.length === 0) turns.delete(name)
  }
  /** How many have a place before the next visitor of this client has one, when each client has one in turn. */
  const before = (name: string): number => {
    const own = known(name).waiting.length
    let count = own
    for (const other of turns) if (other !== name) count += Math.min(known(other).waiting.length, own + 1)
    return count
  }
  const equalPart = (name: string): number => MOST_WAITING / (turns.has(name) ? turns.size : turns.size + 1)
  const enter = (name: string, client: Client<T>, now: number, since: number): void => {
    client.held += 1
    working += 1
    for (const each of [overload, client.overload]) each.entered(now, now - since)
    keep(name, client)
  }
  /** How long the next visitor of this client would most likely wait, and how long it may. */
  const expected = (name: string): number => (visits < LEARNING ? 0 : ((before(name) + 1) * mean) / share)
  const overloaded = (client: Client<T>, now: number): boolean => {
    const [all, own] = [overload.lasts(now), client.overload.lasts(now)]
    return all || own
  }
  const allowed = (client: Client<T>, now: number): number =>
    overloaded(client, now) ? expectedWait : BURST * expectedWait
  const next = (now: number): T | undefined => {
    for (const name of turns) {
      const client = known(name)
      if (client.held >= share) continue
      const first = client.waiting.shift()
      if (first === undefined) continue
      waiting -= 1
      // Its next turn comes after all others.
      turns.delete(name)
      turns.add(name)
      enter(name, client, now, first.since)
      return first.visitor
    }
    return undefined
  }
  const finds = (client: Client<T>): boolean => working < places && client.held < share
  const refused = (name: string, client: Client<T>, now: number): number | undefined => {
    const wait = expected(name)
    const full = waiting >= MOST_WAITING && client.waiting.length >= equalPart(name)
    return full || wait > allowed(client, now) ? wait : undefined
  }
  return {
    refusal(name, now) {
      const client = known(name, now)
      return finds(client) ? undefined : refused(name, client, now)
    },
    arrive(name, visitor, now) {
      const client = known(name, now)
      if (finds(client)) {
        enter(name, client, now, now)
        return 'enters'
      }
      const wait = refused(name, client, now)
      if (wait !== undefined) return wait
      client.waiting.push({ visitor, since: now })
      waiting += 1
      turns.add(name)
      keep(name, client)
      return 'waits'
    },
    leave(name, held, now) {
      const client = known(name)
      const visit = Math.min(held, longest)
      visits += 1
      mean += Math.max(NEWEST, 1 / visits) * (visit - mean)
      client.held -= 1
      working -= 1
      keep(name, client)
      return next(now)
    },
    late(now) {
      for (const name of turns) {
        const client = known(name)
        const [first, second] = client.waiting
        if (!first || !second || now - first.since <= LATE * expectedWait) continue
        if (!overloaded(client, now) || refused(name, client, now) === undefined) continue
        client.waiting.shift()
        waiting -= 1
        return first.visitor
      }
      return undefined
    },
    withdraw(name, visitor) {
      const client = known(name)
      const at = client.waiting.findIndex((each) => each.visitor === visitor)
      if (at < 0) return
      client.waiting.splice(at, 1)
      waiting -= 1
      keep(name, client)
    },
    standing(name) {
      const client = known(name)
      return { places, share, working, own: client.held, waiting, others: waiting - client.waiting.length }
    },
  }
}
