import type { Writer } from '../../db/db.ts'
import { passes, type Pass } from '../../domain/link/passes.ts'
import type { Position, Window } from '../../queries/recovery/kept.ts'
import type { Lease } from '../../queries/recovery/lease.ts'
import { leaseHolder } from '../../queries/recovery/lease.ts'
import { momentAgo } from '../../queries/recovery/scans.ts'
import { LINKS_NEXT } from '../lease.ts'

/** Looks at some invocations of a window after a position, and does what is to be done about their links. */
export type Look = (
  writer: Writer,
  lease: Lease,
  window: Window,
  after: Position | null,
  signal: AbortSignal,
) => Promise<Looked>

/** How many rows were looked at, and how far; null: to the end. */
export interface Looked {
  rows: number
  end: Position | null
}

interface Under {
  pass: Pass
  window: Window
  position: Position | null
  /** By the clock of this process, ms. */
  begunAt: number
  going: boolean
  finishedOnce: boolean
}

/** Rows that one tick looks at before it pauses, so that a pass over a day takes no more than a part of one core: about 3,000 rows a second. */
const ROWS_A_TICK = 10_000

export interface Passes {
  /** Goes on with every pass that is due, the shortest first, until `end` by its clock. False: it gave way to a command. */
  goOn(writer: Writer, lease: Lease, end?: number): Promise<boolean>
  /** The longest one has been finished at least once. */
  daySeen(): boolean
  longest(): { window: Window; position: Position | null }
}

/** The passes of the worker; where a process starts again, they begin again. `clock`: ms. */
export function createPasses(
  look: Look,
  signal: AbortSignal,
  clock = () => performance.now(),
  wanted: readonly Pass[] = passes,
): Passes {
  const all: Under[] = wanted.map((pass) => ({
    pass,
    window: { from: null, to: null },
    position: null,
    begunAt: -Infinity,
    going: false,
    finishedOnce: false,
  }))
  const longest = all.at(-1)
  if (!longest) throw new Error('there are no passes')

  return {
    async goOn(writer, lease, end = Infinity) {
      let rows = 0
      for (const one of all) {
        if (!one.going && clock() - one.begunAt < one.pass.everyMs) continue
        if (!one.going) await begin(writer, one, clock())
        while (one.going && rows < ROWS_A_TICK && clock() < end) {
          signal.throwIfAborted()
          if (await leaseHolder(writer, LINKS_NEXT)) return false
          const looked = await look(writer, lease, one.window, one.position, signal)
          rows += looked.rows
          one.position = looked.end
          if (looked.end === null) Object.assign(one, { going: false, finishedOnce: true })
        }
      }
      return true
    },
    daySeen: () => longest.finishedOnce,
    longest: () => ({ window: longest.window, position: longest.position }),
  }
}

/** Up to now means without an end: clocks of writers may be ahead. */
async function begin(writer: Writer, one: Under, at: number): Promise<void> {
  one.window = { from: await momentAgo(writer, one.pass.spanMs), to: null }
  Object.assign(one, { position: null, begunAt: at, going: true })
}
