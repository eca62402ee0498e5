import type { FastifyRequest } from 'fastify'
import type { Reader } from '../../../db/db.ts'
import { smallTree, type AskedTree, type TreeReading, type WholeTree } from '../../../reading/tree/whole.ts'
import { sharedReadings } from '../../protect/shared-readings.ts'

/** A small tree, and an answer that is made of it: written when it is first asked for, once for all requests that share the tree. */
export interface SmallAnswer {
  tree: WholeTree
  text: () => string
}

/** Reads a small tree, together with other requests for the same in the same `form`; see smallTree. `write` makes the answer, of nothing but the tree, its form and what was asked for. */
export type ReadSmall = (
  request: FastifyRequest,
  form: unknown,
  asked: AskedTree,
  write: (tree: WholeTree) => string,
) => Promise<SmallAnswer | 'larger' | undefined>

export function smallReader(source: TreeReading & { db: Reader }): ReadSmall {
  const shared = sharedReadings<Awaited<ReturnType<ReadSmall>>>(source.db)
  return (request, form, asked, write) =>
    shared(request, JSON.stringify([form, asked]), async (db) => {
      const tree = await smallTree(db, source, asked)
      if (tree === undefined || tree === 'larger') return tree
      let written: string | undefined
      return { tree, text: () => (written ??= write(tree)) }
    })
}
