import { Random } from '../../../src/demo/random.ts'
import { happen } from './happen.ts'
import type { Rows } from './rows.ts'
import { countDeliveries, others, studied } from './scenarios.ts'
import type { Truths } from './truth.ts'
import type { World, WritersOptions } from './world.ts'

/** A database in the image of the second study of the writers: what they left, and what really happened. */
export interface WritersForest {
  options: Required<WritersOptions>
  rows: Rows
  truth: Truths
}

const day = 24 * 3_600_000

/**
 * Plays the scenarios of the study, in their order and again from the first, on each transport until so many events were delivered there.
 * They begin 10 to 30 days before `now`, so that whatever is dead has been so for long; what goes on does so at `now`.
 */
export function writersForest(given: WritersOptions): WritersForest {
  const options = { widenedChecks: false, sourceType: true, withoutForeignKey: false, large: false, ...given }
  const rows: Rows = { invocations: [], events: [], jobs: [] }
  const truth: Truths = { invocations: new Map(), events: new Map(), jobs: new Map() }
  for (const [at, transport] of options.transports.entries()) {
    play({ options, transport, rows, truth, random: new Random(options.seed, at, transport.length) })
  }
  return { options, rows, truth }
}

function play(world: World): void {
  const {
    options: { deliveries, now },
    random,
  } = world
  const scenarios = [...studied, ...others]
  for (let delivered = 0, next = 0; delivered < deliveries; next += 1) {
    const specified = scenarios[next % scenarios.length] ?? {}
    const at = specified.fate === 'goes on' ? now - 40 * 60_000 : now - random.int(10 * day, 30 * day)
    // EventKit takes the trace's id, which has no dashes.
    const correlationId =
      world.transport.startsWith('eventkit') && random.chance(0.5) ? random.id().replaceAll('-', '') : random.id()
    happen(world, { jobId: null, at, correlationId, gone: null, staleAfter: null, specified })
    delivered += countDeliveries(specified).deliveries
  }
}
