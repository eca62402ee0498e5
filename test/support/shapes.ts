import type { Member } from './reference.ts'

/** Trees by their structure, found by spelling each out with its parts in order. Imports nothing of the service, so that a mistake there cannot hide here. */

interface Row {
  id: string
  name: string
  status: string
  crashed: boolean
  sourceFunction: string
  sourceJobId: string | null
  createdAt: string
  startedAt: string
  endedAt: string | null
}

const rowOf = ({ node }: Member): Row => node as unknown as Row
const jobsOf = ({ node }: Member): Row[] => node.jobs as unknown as Row[]
const failing = new Set(['failed', 'timeout', 'timed_out'])

/** `f order[j pay[f paid[]] j ship[]]` with siblings in the order of their own spelling. */
export function spelled(members: readonly Member[]): string {
  const functionText = (member: Member): string =>
    `f ${JSON.stringify(rowOf(member).sourceFunction)}[${jobsOf(member).map(jobText).toSorted().join(' ')}]`
  const jobText = (job: Row): string => {
    const below = members.filter((each) => each.depth > 0 && rowOf(each).sourceJobId === job.id)
    return `j ${JSON.stringify(job.name)}[${below.map(functionText).toSorted().join(' ')}]`
  }
  const start = members.find(({ depth }) => depth === 0)
  return start ? functionText(start) : ''
}

export const isOver = (members: readonly Member[]): boolean => members.every((each) => rowOf(each).status !== 'running')

export const isFailed = (members: readonly Member[]): boolean =>
  members.some(
    (each) =>
      rowOf(each).crashed || failing.has(rowOf(each).status) || jobsOf(each).some(({ status }) => failing.has(status)),
  )

/** ms from the first start to the last end. */
export function lasted(members: readonly Member[]): number {
  const runs = members.flatMap((each) => [
    { start: rowOf(each).createdAt, end: rowOf(each).endedAt },
    ...jobsOf(each).map(({ startedAt, endedAt }) => ({ start: startedAt, end: endedAt })),
  ])
  const micros = (iso: string): number => Date.parse(`${iso.slice(0, 23)}Z`) * 1000 + Number(iso.slice(23, 26))
  const first = Math.min(...runs.map(({ start }) => micros(start)))
  const last = Math.max(
    ...runs.map(({ start, end }) => Math.max(micros(start), end === null ? -Infinity : micros(end))),
  )
  return (last - first) / 1000
}
