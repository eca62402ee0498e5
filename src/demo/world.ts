import { Random } from './random.ts'
import type { ShopFunction } from './shop.ts'

/** What the invention of one data set carries along; mutable on purpose, and walked in one fixed order. */
export interface World {
  seed: number
  random: Random
  /** Ids come from a sequence of their own: the first id of a seed is the same whatever else is drawn. */
  ids: Random
  /** What is wrong with rows beyond crashes and deaths; see addOddities. */
  odd: Random
  thin: boolean
  /** Durations of jobs are multiplied by this: the live demo goes slowly, so that one can watch. */
  pace: number
  /** ms since 1970; nothing begins later, and what would end later is still running. */
  until: number
  /** How many more invocations of ordinary trees may be planned. */
  room: number
  lastCorrelation: string | null
  jobsSeen: number
  /** An even sample of the jobs so far, for rows that still name a job of days ago. */
  oldJobs: { id: string; startedAt: number }[]
}

/** What the invocations of one tree share. */
export interface Tree {
  kind: 'ordinary' | 'loop' | 'import'
  correlationId: string | null
  user: { email: string; role: string } | null
  /** The number of the order that everything is about. */
  subject: number
  /** Invocations planned so far. */
  size: number
}

/** How an invocation knows the job that triggered it. Only `recorded` fills source_job_id. */
export interface Cause {
  jobId: string
  /**
   * recorded: in the column. severed: only in the payload. unrecorded: nowhere.
   * stale: not caused by this job at all, but the record still names it.
   */
  link: 'recorded' | 'severed' | 'unrecorded' | 'stale'
}

/** An invocation that is going to happen. */
export interface Call {
  func: ShopFunction
  /** ms since 1970 */
  createdAt: number
  tree: Tree
  depth: number
  /** How many invocations its subtree must have, itself included (the special trees); 1 leaves it to chance. */
  quota: number
  cause: Cause | null
}

/** An empty world. `epoch` (a 32-bit word) tells apart worlds of the same seed. */
export function createWorld(options: {
  seed: number
  epoch: number
  thin: boolean
  pace: number
  until: number
  room: number
}): World {
  const { seed, epoch, thin, pace, until, room } = options
  return {
    seed,
    thin,
    pace,
    until,
    room,
    random: new Random(seed, epoch, 1),
    ids: new Random(seed, epoch, 2),
    odd: new Random(seed, epoch, 3),
    lastCorrelation: null,
    jobsSeen: 0,
    oldJobs: [],
  }
}

/** Keeps an even sample of 256 jobs (reservoir sampling, algorithm R). */
export function rememberJob(world: World, id: string, startedAt: number): void {
  world.jobsSeen += 1
  if (world.oldJobs.length < 256) {
    world.oldJobs.push({ id, startedAt })
    return
  }
  const slot = world.random.int(0, world.jobsSeen - 1)
  if (slot < 256) world.oldJobs[slot] = { id, startedAt }
}
