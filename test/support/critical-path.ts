import type { Member } from './reference.ts'

/**
 * The critical path as a person would find it on paper: all activities in one list, and at each step a look at all of them. Imports nothing of the service, so that
 * a mistake there cannot hide here.
 */

interface Bar {
  of: 'invocation' | 'job'
  id: string
  /** µs since 1970. */
  start: number
  end: number | null
  /** It ends at asOf. */
  open: boolean
  stale: boolean
  depth: number
  event: number | null
  parent: Bar | null
}

export interface ReferenceSegment {
  kind: 'working' | 'waiting'
  id: string
  startedAt: string
  endedAt: string
  by: 'start' | 'rows' | 'time'
}

/** `until`: an invocation, at whose end the path ends; the tree's own end otherwise. */
export function referencePath(members: readonly Member[], asOf: string, until?: string): ReferenceSegment[] {
  const bars = barsOf(members, micros(asOf))
  const endOf = (bar: Bar): number => bar.end ?? bar.start
  const [latest] = bars.toSorted(
    (a, b) =>
      endOf(b) - endOf(a) ||
      Number(a.stale) - Number(b.stale) ||
      b.start - a.start ||
      b.depth - a.depth ||
      (a.of === b.of ? 0 : a.of === 'job' ? -1 : 1) ||
      (a.id < b.id ? 1 : -1),
  )
  const last = until === undefined ? latest : bars.find(({ id }) => id === until)
  if (!last) return []
  const path: ReferenceSegment[] = []
  let now = endOf(last)
  const back = (kind: 'working' | 'waiting', { id }: Bar, to: number): void => {
    const from = Math.min(now, to)
    path.unshift({ kind, id, startedAt: iso(from), endedAt: iso(now), by: 'rows' })
    now = from
  }
  const done = new Set<Bar>()
  for (let bar: Bar | null = last; bar; bar = bar.parent) {
    done.add(bar)
    if (bar.of === 'job') {
      back('working', bar, bar.start)
      continue
    }
    for (;;) {
      const before = bars.filter(
        (job) =>
          job.parent === bar &&
          !done.has(job) &&
          job.end !== null &&
          job.end <= now &&
          bar !== null &&
          job.end >= bar.start,
      )
      const [job] = before.toSorted((a, b) => endOf(b) - endOf(a) || b.start - a.start || (a.id < b.id ? 1 : -1))
      if (!job) break
      done.add(job)
      if (endOf(job) < now) back('working', bar, endOf(job))
      if (path[0]) path[0].by = 'time'
      back('working', job, job.start)
    }
    back('working', bar, bar.start)
    if (!bar.parent) break
    const times = [
      bar.event !== null && bar.event >= bar.parent.start ? bar.event : null,
      bar.parent.open ? null : bar.parent.end,
    ].filter((time) => time !== null)
    const handed = Math.min(now, ...times)
    if (handed < now) back('waiting', bar, handed)
  }
  if (path[0]) path[0].by = 'start'
  return path
}

/** What is looked at of an invocation or a job. */
interface Row {
  id: string
  createdAt: string
  startedAt: string
  endedAt: string | null
  status: string
  stale: boolean
  sourceEventTime: string | null
  sourceJobId: string | null
}

function barsOf(members: readonly Member[], asOf: number): Bar[] {
  const bars: Bar[] = []
  for (const { node, depth } of members) {
    const row = node as unknown as Row
    const start = micros(row.createdAt)
    const runs = row.status === 'running'
    const invocation: Bar = {
      of: 'invocation',
      id: row.id,
      start,
      end: runs ? Math.max(start, asOf) : endIn(row, start),
      open: runs,
      stale: row.stale,
      depth,
      event: row.sourceEventTime === null ? null : micros(row.sourceEventTime),
      parent: depth === 0 ? null : (bars.find(({ id }) => id === row.sourceJobId) ?? null),
    }
    bars.push(invocation)
    for (const job of node.jobs as unknown as Row[]) {
      const began = micros(job.startedAt)
      const lives = job.status === 'running' && job.endedAt === null && (!job.stale || runs)
      bars.push({
        of: 'job',
        id: job.id,
        start: began,
        end: lives ? Math.max(began, asOf) : endIn(job, began),
        open: lives,
        stale: job.stale,
        depth,
        event: null,
        parent: invocation,
      })
    }
  }
  return bars
}

function endIn({ endedAt }: Row, start: number): number | null {
  return endedAt === null ? null : Math.max(start, micros(endedAt))
}

function micros(instant: string): number {
  return Date.parse(`${instant.slice(0, 23)}Z`) * 1000 + Number(instant.slice(23, 26))
}

function iso(us: number): string {
  return `${new Date(Math.floor(us / 1000)).toISOString().slice(0, -1)}${String(us % 1000).padStart(3, '0')}Z`
}
