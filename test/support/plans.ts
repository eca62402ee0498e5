import fc from 'fast-check'
import type { Node } from '../../src/domain/tree/node.ts'
import { drawn, drawnClock, type DrawnJob, type DrawnRun } from './drawn-tree.ts'

/** Names of functions and jobs, one below the other. */
export interface Plan {
  name: string
  below: Plan[]
}

/** Any plan of a few levels. */
export const plan = fc.letrec<{ plan: Plan }>((tie) => ({
  plan: fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    below: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constant<Plan[]>([]),
      fc.array(tie('plan'), { maxLength: 3 }),
    ),
  }),
})).plan

let ids = 0

/** A plan whose levels are functions and jobs in turn, as nodes. Drawings name rows by their ids, so names are put in afterwards. */
export function nodesOf(root: Plan): Node[] {
  const names = new Map<string, string>()
  const called = ({ name }: Plan): string => {
    const id = `${(ids += 1)}`
    names.set(id, name)
    return id
  }
  const run = (each: Plan): DrawnRun => ({ run: called(each), at: [0, 1], jobs: each.below.map(job) })
  const job = (each: Plan): DrawnJob => ({ job: called(each), at: [0, 1], triggers: each.below.map(run) })
  const nodes = drawn(run(root), drawnClock(1000))
  for (const node of nodes) {
    node.sourceFunction = names.get(node.id) ?? ''
    for (const each of node.jobs) each.name = names.get(each.id) ?? ''
  }
  return nodes
}
