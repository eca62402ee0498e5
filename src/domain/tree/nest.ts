import { compareInstants } from '../instant.ts'
import type { More, Node, TreeJob } from './node.ts'

/** A job of a nested tree: what it triggered stands below it. */
export interface BranchJob<M = More> extends TreeJob {
  triggered: Array<Branch<M>>
  /** What the cut left out of what it triggered. */
  more?: M
}

/** A node of a nested tree. `M` says what is left out at a place. */
export interface Branch<M = More> extends Omit<Node<M>, 'jobs'> {
  jobs: Array<BranchJob<M>>
}

/** A node of a list of nodes, with what the cut left out of what each job triggered. */
export interface FlatNode<M = More> extends Omit<Node<M>, 'jobs'> {
  jobs: Array<TreeJob & { more?: M }>
}

/**
 * Nests nodes, in whatever order they come: each below the job that triggered it, siblings by (createdAt, id). `more` says, by job,
 * what the cut left out. The nodes themselves become the tree. No recursion: a stack overflows at a depth of 3,000 to 5,000.
 * Undefined without a node of depth 0.
 */
export function nest<M = More>(nodes: ReadonlyArray<Node<M>>, more: ReadonlyMap<string, M>): Branch<M> | undefined {
  const jobs = new Map<string, BranchJob<M>>()
  for (const { jobs: bare } of nodes) for (const job of bare) jobs.set(job.id, branchJob(job, more.get(job.id)))
  let root: Branch<M> | undefined
  for (const each of nodes as ReadonlyArray<Branch<M>>) {
    if (each.depth === 0) root = each
    else jobs.get(each.sourceJobId ?? '')?.triggered.push(each)
  }
  for (const { triggered } of jobs.values()) if (triggered.length > 1) triggered.sort(byStart)
  return root
}

/** The nodes as they come, with what the cut left out at each job. The nodes themselves get it. */
export function withMore<M>(nodes: Array<FlatNode<M>>, more: ReadonlyMap<string, M>): Array<FlatNode<M>> {
  if (more.size === 0) return nodes
  for (const job of nodes.flatMap(({ jobs }) => jobs)) {
    const left = more.get(job.id)
    if (left) job.more = left
  }
  return nodes
}

function branchJob<M>(job: TreeJob, more: M | undefined): BranchJob<M> {
  const branch: BranchJob<M> = Object.assign(job, { triggered: [] })
  if (more) branch.more = more
  return branch
}

function byStart(a: Pick<Node, 'createdAt' | 'id'>, b: Pick<Node, 'createdAt' | 'id'>): number {
  return compareInstants(a.createdAt, b.createdAt) || (a.id < b.id ? -1 : 1)
}
