import type { JobTime } from '../lag.ts'
import type { TreeJob } from './node.ts'

/** The jobs of one level of a tree, by the invocations in which they ran. */
export interface LevelJobs {
  add(invocationId: string, jobs: readonly TreeJob[]): void
  /** When a job of that invocation ran; null: it is no job of the level. */
  timeOf(invocationId: string, jobId: string): JobTime | null
  /** The jobs and their invocations, in the same order, commas between. */
  joined(): { ids: string; invocationIds: string }
}

const ID = 36

/** Those of an invocation are one text, a line each: an invocation with one job takes 193 bytes so, and 257 with an object for each job. A level may have a million. */
export function levelJobs(): LevelJobs {
  const level = new Map<string, string>()
  return {
    add(invocationId, jobs) {
      const lines = jobs.map(({ id, startedAt, durationMs }) => [id, startedAt, durationMs ?? ''].join(' '))
      if (lines.length > 0) level.set(invocationId, lines.join('\n'))
    },
    timeOf(invocationId, jobId) {
      const text = level.get(invocationId) ?? ''
      const at = text.indexOf(jobId)
      if (at < 0) return null
      const end = text.indexOf('\n', at)
      const [, startedAt = '', durationMs = ''] = text.slice(at, end < 0 ? undefined : end).split(' ')
      return { startedAt, durationMs: durationMs === '' ? null : Number(durationMs) }
    },
    joined() {
      const ids: string[] = []
      const invocationIds: string[] = []
      for (const [invocationId, text] of level)
        for (const line of text.split('\n')) {
          ids.push(line.slice(0, ID))
          invocationIds.push(invocationId)
        }
      return { ids: ids.join(','), invocationIds: invocationIds.join(',') }
    },
  }
}
