import { compareInstants } from '../instant.ts'
import type { More, Node, TreeJob } from './node.ts'

/** A job of a nested tree: what it triggered stands below it. */
export interface BranchJob extends TreeJob {
  triggered: Branch[]
}

/** A node of a nested tree. */
export interface Branch extends Omit<Node, 'jobs'> {
  jobs: BranchJob[]
}

/**
 * Nests nodes, in whatever order they come: each below the job that triggered it, siblings by (createdAt, id). `more` says, by job,
 * what the cut left out. The nodes themselves become the tree. No recursion: a stack overflows at a depth of 3,000 to 5,000.
 * Undefined without a node of depth 0.
 */
export function nest(nodes: readonly Node[], more: ReadonlyMap<string, More>): Branch | undefined {
  const jobs = new Map<string, BranchJob>()
  for (const { jobs: bare } of nodes) for (const job of bare) jobs.set(job.id, branchJob(job, more.get(job.id)))
  let root: Branch | undefined
  for (const each of nodes as readonly Branch[]) {
    if (each.depth === 0) root = each
    else jobs.get(each.sourceJobId ?? '')?.triggered.push(each)
  }
  for (const { triggered } of jobs.values()) if (triggered.length > 1) triggered.sort(byStart)
  return root
}

/** The nodes as they come, with what the cut left out at each job. The nodes themselves get it. */
export function withMore(nodes: Node[], more: ReadonlyMap<string, More>): Node[] {
  if (more.size === 0) return nodes
  for (const job of nodes.flatMap(({ jobs }) => jobs)) {
    const left = more.get(job.id)
    if (left) job.more = left
  }
  return nodes
}

function branchJob(job: TreeJob, more: More | undefined): BranchJob {
  const branch: BranchJob = Object.assign(job, { triggered: [] })
  if (more) branch.more = more
  return branch
}

function byStart(a: Branch, b: Branch): number {
  return compareInstants(a.createdAt, b.createdAt) || (a.id < b.id ? -1 : 1)
}
