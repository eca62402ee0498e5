import type { Truncated } from '../../domain/tree/summary.ts'

/** That a tree was cut, as a sentence; empty if it is whole. */
export function cutText(truncated: Truncated | null): string {
  return truncated === null
    ? ''
    : `the tree was cut by ${truncated.reason} (${truncated.limit}): this is told of the part that was read`
}
