import type { OutlineJob, OutlineNode } from '../../src/dashboard/tree/model/step.ts'

const MINUTE = Date.UTC(2026, 10, 22, 9, 48)

/** An instant so many ms after 09:48. */
export function at(ms: number): string {
  return new Date(MINUTE + ms).toISOString().replace('Z', '000Z')
}

/** An invocation of 100 ms that completed, unless said otherwise. */
export function invocation(id: string, given: Partial<OutlineNode> = {}): OutlineNode {
  return {
    id,
    createdAt: at(0),
    endedAt: at(100),
    status: 'completed',
    stale: false,
    crashed: false,
    crash: null,
    sourceFunction: `on-${id}`,
    sourceJobId: null,
    sourceEventTime: null,
    link: 'none',
    errorMessage: null,
    parentId: null,
    clockSkew: false,
    jobs: [],
    ...given,
  }
}

/** A job of 50 ms that completed, unless said otherwise. */
export function job(id: string, given: Partial<OutlineJob> = {}): OutlineJob {
  return {
    id,
    name: `do-${id}`,
    status: 'completed',
    stale: false,
    startedAt: at(0),
    endedAt: at(50),
    errorMessage: null,
    ...given,
  }
}

/** The invocations of a tree in the order of the API; the number at a place is the place of the parent, whose only job triggered it. The first is the start. */
export function tree(parents: readonly number[]): OutlineNode[] {
  const depths: number[] = []
  parents.forEach((parent, place) => (depths[place] = place === 0 ? 0 : (depths[parent] ?? 0) + 1))
  return parents
    .map((parent, place) =>
      invocation(`i${place}`, {
        jobs: [job(`j${place}`)],
        ...(place === 0 ? {} : { sourceJobId: `j${parent}`, parentId: `i${parent}` }),
      }),
    )
    .map((node, place) => ({ node, depth: depths[place] ?? 0 }))
    .sort((a, b) => a.depth - b.depth)
    .map(({ node }) => node)
}

/** A tree of so many invocations, each below the one before it. */
export function chain(length: number): OutlineNode[] {
  return tree(Array.from({ length }, (_, place) => place - 1))
}
