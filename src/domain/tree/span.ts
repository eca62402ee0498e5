import { isBefore, msBetween } from '../instant.ts'
import { isUnderWay } from '../liveness.ts'
import { hasFailed, isFailure } from '../model/status.ts'
import type { Node } from './node.ts'

/** Does an invocation of a tree run, or is it stale? Then nobody knows when the tree ends, or what is still to come. A job that was forgotten in an invocation that has ended hides nothing. */
export function isOpen(nodes: readonly Node[]): boolean {
  return nodes.some(({ status }) => isUnderWay(status))
}

/** Did anything in a tree fail? */
export function failedAnywhere(nodes: readonly Node[]): boolean {
  return nodes.some((node) => hasFailed(node) || node.jobs.some(({ status }) => isFailure(status)))
}

/** From the first start in a tree to its last end, ms; null if one of them is infinite. A negative duration ends nothing before it starts. */
export function treeDuration(nodes: readonly Node[]): number | null {
  let [first, last] = ['infinity', '-infinity']
  const span = (start: string, end: string | null): void => {
    const over = end === null || isBefore(end, start) ? start : end
    if (isBefore(start, first)) first = start
    if (isBefore(last, over)) last = over
  }
  for (const { createdAt, endedAt, jobs } of nodes) {
    span(createdAt, endedAt)
    for (const job of jobs) span(job.startedAt, job.endedAt)
  }
  return msBetween(first, last)
}
