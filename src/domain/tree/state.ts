import { createHash } from 'node:crypto'

/** Of an invocation of a tree, what the state of the tree is made of. */
export interface NodeVersion {
  id: string
  /** See NodeRow. */
  state: string
  /** Its jobs by (createdAt, id), as versionLine has each, with commas between. */
  jobs: string
  /** Of the event that is its first crash. */
  crash: string | undefined
  stale: boolean
  /** What else is told of it: what a limit cut off, events. */
  more: string
}

/**
 * A text that is another one as soon as anything is that an answer tells of these invocations. Where they stand follows from the rows: the order and the links are theirs.
 * Of a tree that is whole Postgres makes the digest too (`treeDigest`, src/queries/tree/rows-digest.ts), so that an unchanged one is told without its rows.
 */
export function treeState(nodes: readonly NodeVersion[]): string {
  const sorted = nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const lines = [
    sorted.map(versionLine),
    sorted.flatMap(({ jobs }) => jobs || []),
    sorted.flatMap(({ id, crash }) => (crash === undefined ? [] : versionLine({ id, state: crash }))),
  ]
  const digest = createHash('sha256')
    .update(lines.map((each) => each.join(',')).join(';'))
    .digest('hex')
  return stateOf(
    digest,
    sorted.filter(({ stale }) => stale),
    sorted.map(({ more }) => more).join(''),
  )
}

/** A row and its version. */
export function versionLine({ id, state }: { id: string; state: string }): string {
  return `${id} ${state}`
}

/** The same, of its digest, of the stale ones by id, and of what else is told. */
export function stateOf(digest: string, stale: ReadonlyArray<{ id: string }>, more = ''): string {
  return `${digest} ${stale.map(({ id }) => id).join(',')} ${more}`
}
