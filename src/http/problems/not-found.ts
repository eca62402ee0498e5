import { Problem } from './problem.ts'

/** 404 of a tree: the id is neither that of an invocation nor that of a job. */
export function noTree(id: string): Problem {
  return new Problem('not-found', `No invocation or job ${id}`)
}
