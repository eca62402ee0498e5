import type { Link } from '../../domain/link/rule.ts'
import type { TreeHead } from '../../reading/tree/head.ts'

/** What is known above the root of a tree, as a sentence; empty where nothing in the rows names a parent. */
export function rootText({
  rootId,
  rootReached,
  rootLink,
  rootNamedJobId,
}: Pick<TreeHead, 'rootId' | 'rootReached' | 'rootLink' | 'rootNamedJobId'>): string {
  if (rootLink === 'none' && rootNamedJobId === null) return ''
  const job = rootNamedJobId === null ? 'the job that it names' : `job ${rootNamedJobId}, which its payload names,`
  return `root ${rootReached ? 'reached' : 'not reached'} (${rootLink}): above ${rootId}, ${words[rootLink](job)}`
}

const words: Record<Link, (job: string) => string> = {
  recorded: () => 'the climb met a cycle, or 100,000 levels',
  recovered: (job) => `${job} triggered it, and the climb went no further`,
  recoverable: (job) => `${job} is there, but the link is not recorded`,
  ambiguous: (job) => `${job} had ended long before the event`,
  pending: (job) => `${job} has not arrived yet`,
  severed: (job) => `${job} is gone, or never came`,
  none: (job) => `${job} began after the event, or ran in it`,
  unknown: () => 'nothing is known, because the payload cannot be read',
}
