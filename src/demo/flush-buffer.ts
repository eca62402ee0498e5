import type { Random } from './random.ts'
import type { Rows } from './rows.ts'
import { seenAt, type Invoked } from './seen.ts'

const flushEvery = 5000
const retryFor = 12_000
const retryEvery = 1000

/** An invocation that is under way: all that will have happened, and when the writer writes of it next. */
interface Open {
  rows: Invoked
  /** ms since 1970 */
  nextFlush: number
  lastFlush: number
  /** Ids of the tree's jobs that are in the database, shared by the tree. */
  written: Set<string>
}

/**
 * Event Detector's writer, in slow motion: it buffers, flushes every 5 s and at the end of a call. So a short call appears once and finished,
 * a long one as `running` first. Where the triggering job has not arrived yet, the invocation is tried again for 12 s, then written without its link.
 */
export class FlushBuffer {
  #open: Open[] = []

  /** Takes the invocations of one tree, as they will have ended. */
  add(tree: Invoked[], random: Random): void {
    const written = new Set<string>()
    for (const rows of tree) {
      const { created_at, updated_at, status, total_duration_ms } = rows.invocation
      const startedAt = Date.parse(created_at)
      // The process of one that stays `running` dies: there is one flush, and then none.
      const lastFlush = status === 'running' ? Date.parse(updated_at) : startedAt + (total_duration_ms ?? 0)
      const nextFlush = status === 'running' ? lastFlush : Math.min(lastFlush, startedAt + random.int(0, flushEvery))
      this.#open.push({ rows, nextFlush, lastFlush, written })
    }
  }

  /** How many invocations are under way. */
  get size(): number {
    return this.#open.length
  }

  /** What is to be written at this instant. Call `wrote` when it is in the database; without that it stays due. */
  due(now: number): { rows: Rows; wrote: () => void } {
    const due = this.#open.filter((open) => isDue(open, now))
    const seen = due.map(({ rows }) => seenAt(rows, now))
    const rows = {
      invocations: seen.map(({ invocation }, i) =>
        linkArrived(due[i]) ? invocation : { ...invocation, source_job_id: null },
      ),
      events: seen.flatMap(({ events }) => events),
      jobs: seen.flatMap(({ jobs }) => jobs),
    }
    return { rows, wrote: () => this.#written(now, due, seen) }
  }

  /** Somebody deleted rows that links point to: what is written from now on does without them. */
  forgetLinks(): void {
    for (const { written } of this.#open) written.clear()
  }

  #written(now: number, due: Open[], seen: Invoked[]): void {
    due.forEach((open, i) => {
      for (const { id } of seen[i]?.jobs ?? []) open.written.add(id)
      open.nextFlush = Math.min(open.lastFlush, now + flushEvery)
    })
    const done = new Set(due.filter(({ lastFlush }) => lastFlush <= now))
    this.#open = this.#open.filter((open) => !done.has(open))
  }
}

function isDue(open: Open, now: number): boolean {
  if (open.nextFlush > now) return false
  const waits = !linkArrived(open) && now < Date.parse(open.rows.invocation.created_at) + retryFor
  if (waits) open.nextFlush = now + retryEvery
  return !waits
}

function linkArrived(open: Open | undefined): boolean {
  const job = open?.rows.invocation.source_job_id ?? null
  return job === null || open?.written.has(job) === true
}
