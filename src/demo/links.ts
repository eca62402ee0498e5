import type { Random } from './random.ts'
import { shopFunction, type Job } from './shop.ts'
import type { Call, Cause, World } from './world.ts'

/** Of the jobs that can lead on, this share does; over all jobs that makes 15 %. */
const leading = 0.38
const largestTree = 100

/** How many invocations a job triggers. `goesOn`: it is the job that carries a special tree further. */
export function countTriggered(world: World, call: Call, job: Job, goesOn: boolean): number {
  if (job.leadsTo === undefined) return 0
  if (call.tree.kind !== 'ordinary') return goesOn ? Math.min(call.quota - 1, ways(call)) : 0
  if (!world.random.chance(leading)) return 0
  const wanted = Math.min(fanOut(world.random), largestTree - call.tree.size, world.room)
  call.tree.size += wanted
  world.room -= wanted
  return wanted
}

/** A loop goes on one by one; an import splits into 40 batches of 40 products of a few stock levels. */
function ways({ tree, depth }: Call): number {
  if (tree.kind === 'loop') return 1
  return depth < 2 ? 40 : 3
}

/** Usually one; seldom a batch. The mean of 1.7 keeps most trees small and some near a hundred. */
function fanOut(random: Random): number {
  const f = random.fraction()
  if (f < 0.72) return 1
  if (f < 0.88) return 2
  if (f < 0.96) return 3
  return f < 0.99 ? random.int(4, 8) : random.int(10, 40)
}

/** The invocations that a job triggers by its writes. */
export function triggeredCalls(
  world: World,
  call: Call,
  job: { id: string; startedAt: number; duration: number; leadsTo: string },
  count: number,
): Call[] {
  const func = shopFunction(job.leadsTo)
  const special = call.tree.kind !== 'ordinary'
  const firstAt = special ? job.startedAt : writeArrives(world.random, job)
  return Array.from({ length: count }, (_, i) => ({
    func,
    createdAt: special
      ? job.startedAt + Math.round((job.duration * (i + 1)) / (count + 1))
      : firstAt + world.random.int(0, 2),
    tree: call.tree,
    depth: call.depth + 1,
    quota: share(call.quota - 1, count, i),
    cause: { jobId: job.id, link: special ? 'recorded' : drawLink(world.random) },
  }))
}

/** The i-th of `count` nearly equal parts of a whole. An ordinary call has quota 1, and so have those that it triggers. */
function share(whole: number, count: number, i: number): number {
  return Math.max(1, Math.floor(whole / count) + (i < whole % count ? 1 : 0))
}

/** The start of the triggered invocation: mostly before the job ends, sometimes seconds after, and rarely by a clock that is behind. */
function writeArrives(random: Random, { startedAt, duration }: { startedAt: number; duration: number }): number {
  const f = random.fraction()
  if (f < 0.015) return startedAt - random.int(1, 4000)
  if (f < 0.12) return startedAt + duration + random.int(20, 6000)
  return startedAt + Math.round(duration * (0.2 + 0.7 * random.fraction())) + random.int(4, 40)
}

function drawLink(random: Random): Cause['link'] {
  const f = random.fraction()
  if (f < 0.05) return 'severed'
  return f < 0.065 ? 'unrecorded' : 'recorded'
}
