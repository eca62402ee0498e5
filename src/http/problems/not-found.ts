import { Problem } from './problem.ts'

/** 404 of a file of the dashboard, which a page asks for that was loaded before an upgrade. */
export function noAsset(name: string): Problem {
  return new Problem('not-found', `The dashboard has no file ${name.slice(0, 200)}; load the page again`)
}

/** 404 of a tree: the id is neither that of an invocation nor that of a job. */
export function noTree(id: string): Problem {
  return new Problem('not-found', `No invocation or job ${id}`)
}
