import { calendar } from './calendar.ts'
import { invoke } from './invocation.ts'
import { loopLimit } from './jobs.ts'
import { ordinaryRoot, specialRoot } from './roots.ts'
import type { Rows } from './rows.ts'
import { bankStatements, statementInvocations } from './statements.ts'
import { createWorld, type Call, type World } from './world.ts'

const hour = 3_600_000

export interface ForestOptions {
  /** How many invocations, exactly. */
  invocations: number
  /** A 32-bit word. */
  seed: number
  thin: boolean
  /** ms since 1970: the end of the 30 days. */
  now: number
}

/** Some rows of one wave. */
export interface Piece extends Rows {
  /** 1 for the first; rows refer only to jobs of earlier waves. */
  wave: number
}

/** From so many invocations on the demo has bank statements, which are a twentieth of it then. */
const leastWithStatements = 2000

/** So many invocations are a piece: 1 to 3 ms of work, after which the event loop may turn to others. */
const pieceSize = 20

/**
 * The rows of a forest, in waves: the children of wave n come in wave n + 1, filled up with new roots. So every wave can be copied table by
 * table without deferring a foreign key, and only a wave of rows is in memory. The same options give the same rows, to the byte.
 */
export function* forest(options: ForestOptions): Generator<Piece> {
  const { invocations, seed, thin, now } = options
  const reserved = invocations >= leastWithStatements ? statementInvocations : 0
  const world = createWorld({ seed, epoch: 0, thin, pace: 1, until: now - 5000, room: invocations - reserved })
  // Small enough that the last wave, whose jobs lead nowhere for want of room, is a small part of the whole.
  const width = Math.max(5, Math.min(1000, Math.floor(invocations / 40)))
  let calls = specialTrees(world, invocations, now)
  const nest = planter(world, width, now)
  for (let wave = 1; ; wave++) {
    while (calls.length < width && world.room > 0) calls.push(nest())
    if (calls.length === 0) {
      if (reserved > 0) for (const [nth, rows] of bankStatements(options).entries()) yield { wave: wave + nth, ...rows }
      return
    }
    const next: Call[] = []
    for (let from = 0; from < calls.length; from += pieceSize) {
      yield { wave, ...happen(world, calls.slice(from, from + pieceSize), next) }
    }
    calls = next
  }
}

/** Lets invocations happen, and adds to `next` what they trigger. */
function happen(world: World, calls: Call[], next: Call[]): Rows {
  const happened = calls.map((call) => invoke(world, call))
  for (const { calls } of happened) next.push(...calls)
  return {
    invocations: happened.map(({ rows }) => rows.invocation),
    events: happened.flatMap(({ rows }) => rows.events),
    jobs: happened.flatMap(({ rows }) => rows.jobs),
  }
}

/** A runaway loop cut at depth 60 where it is at most an eighth of everything, and an import of 5,000 invocations, or a quarter of what was asked. */
function specialTrees(world: World, invocations: number, now: number): Call[] {
  const loop = loopLimit + 1
  const wide = Math.min(5000, Math.floor(invocations / 4))
  if (invocations < loop * 8) return []
  world.room -= loop + wide
  return [specialRoot(world, 'loop', now - 9 * hour, loop), specialRoot(world, 'import', now - 5 * hour, wide)]
}

/** Plants roots through the 30 days, as far on as the room is used up; now and then two in the same millisecond. */
function planter(world: World, width: number, now: number): () => Call {
  const { random, room } = world
  const at = calendar(now)
  let last = at(0)
  return () => {
    const used = room - world.room
    // A wave takes its room at once, for roots and children: spread its roots over that stretch of time.
    if (!random.chance(0.04)) last = at((used + random.fraction() * Math.min(width, world.room)) / room)
    world.room -= 1
    return ordinaryRoot(world, last)
  }
}
