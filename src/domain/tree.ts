import type { Invocation } from './invocation.ts'
import type { More, Node, TreeJob } from './tree-row.ts'

/** A job of a nested tree: what it triggered stands below it. */
export interface BranchJob extends TreeJob {
  triggered: Branch[]
  more?: More
}

/** A node of a nested tree; its parent is where it hangs. */
export interface Branch extends Omit<Node, 'jobs' | 'parentId'> {
  jobs: BranchJob[]
}

/**
 * Nests nodes, in whatever order they come: each below the job that triggered it, siblings by (createdAt, id). `more` says, by job,
 * what the cut left out. No recursion: a stack overflows at a depth of 3,000 to 5,000. Undefined without a node of depth 0.
 */
export function plant(nodes: readonly Node[], more: ReadonlyMap<string, More>): Branch | undefined {
  const branches = nodes.map((node) => branch(node, more))
  const jobs = new Map(branches.flatMap((each) => each.jobs.map((job) => [job.id, job] as const)))
  let root: Branch | undefined
  for (const each of branches.sort(byStart)) {
    if (each.depth === 0) root = each
    else jobs.get(each.sourceJobId ?? '')?.triggered.push(each)
  }
  return root
}

function branch(flat: Node, more: ReadonlyMap<string, More>): Branch {
  const { parentId: _, ...node } = flat
  const jobs = node.jobs.map((job): BranchJob => {
    const rest = more.get(job.id)
    return rest ? { ...job, triggered: [], more: rest } : { ...job, triggered: [] }
  })
  return { ...node, jobs }
}

function byStart(a: Pick<Invocation, 'createdAt' | 'id'>, b: Pick<Invocation, 'createdAt' | 'id'>): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1
  return a.id < b.id ? -1 : 1
}
