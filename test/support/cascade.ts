import type { Member } from './reference.ts'

/** What failed in a tree by itself, found by climbing from each failure to the start. Imports nothing of the service, so that a mistake there cannot hide here. */

/** What is looked at of an invocation or a job. */
interface Row {
  id: string
  createdAt: string
  startedAt: string
  endedAt: string | null
  status: string
  crashed: boolean
  crash: { eventId: string } | null
  eventExecutionId: string
  sourceJobId: string | null
}

export interface ReferenceCause {
  kind: 'job' | 'handler' | 'invocation'
  id: string
  invocations: string[]
  jobs: number
}

const failedWords = new Set(['failed', 'timeout', 'timed_out'])
const failed = (row: Row): boolean => failedWords.has(row.status)
const rowOf = ({ node }: Member): Row => node as unknown as Row
const jobsOf = ({ node }: Member): Row[] => node.jobs as unknown as Row[]

export function referenceCauses(members: readonly Member[]): ReferenceCause[] {
  const parentOf = (member: Member): { member: Member; job: Row } | null => {
    if (member.depth === 0) return null
    for (const other of members)
      for (const job of jobsOf(other)) if (job.id === rowOf(member).sourceJobId) return { member: other, job }
    return null
  }
  /** The jobs by which the path from the start comes to a member, with their invocations. */
  const above = (member: Member): Array<{ member: Member; job: Row }> => {
    const way = []
    for (let up = parentOf(member); up; up = parentOf(up.member)) way.push(up)
    return way
  }
  const byItself = (member: Member): boolean =>
    failed(rowOf(member)) && !rowOf(member).crashed && !jobsOf(member).some(failed)
  const inCrashed = (member: Member, job: Row): boolean => rowOf(member).crash?.eventId === job.eventExecutionId
  const ways = new Map(members.map((member) => [member, above(member)]))
  const isRoot = (member: Member): boolean =>
    !(ways.get(member) ?? []).some((up) => failed(up.job) || inCrashed(up.member, up.job) || byItself(up.member))
  const below = (jobs: Row[]): Member[] =>
    members.filter((each) => (ways.get(each) ?? []).some((up) => jobs.some((job) => job.id === up.job.id)))

  const found: Array<ReferenceCause & { at: string }> = []
  for (const member of members.filter(isRoot)) {
    const add = (kind: ReferenceCause['kind'], id: string, at: string, by: Row[]): void => {
      const ran = below(by)
      const jobs = ran.reduce((sum, each) => sum + jobsOf(each).length, kind === 'job' ? 0 : by.length)
      const first = ran.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
      found.push({ kind, id, at, invocations: first.map((each) => each.id), jobs })
    }
    const { crash, endedAt, createdAt } = rowOf(member)
    const over = endedAt ?? createdAt
    for (const job of jobsOf(member).filter(failed)) add('job', job.id, job.endedAt ?? job.startedAt, [job])
    if (crash)
      add(
        'handler',
        crash.eventId,
        over,
        jobsOf(member).filter((job) => inCrashed(member, job)),
      )
    if (byItself(member)) add('invocation', member.id, over, jobsOf(member))
  }
  return found.sort((a, b) => (a.at + a.id < b.at + b.id ? -1 : 1)).map(({ at: _at, ...cause }) => cause)
}

function key(member: Member): string {
  const { createdAt, id } = rowOf(member)
  return `${createdAt}${id}`
}
