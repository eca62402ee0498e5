import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { components } from '../../../client/client.ts'
import { answerOf, client } from '../../ask/client.ts'

type Tree = components['schemas']['Tree']

/** A tree, and when its answer came by the clock of this page (performance.now()), so that what runs can grow from asOf on. */
export interface AskedTree {
  tree: Tree & { nodes: NonNullable<Tree['nodes']> }
  receivedAt: number
  /** It is whole from the root; false: the root's tree is so large that it was cut before the id, so this is the part below the id. */
  fromRoot: boolean
}

/** How many levels are asked for: by default as many as the service gives unasked. */
export type Levels = number | undefined

/** What the views show of each invocation (see OutlineNode): the service reads no more. */
export const FIELDS = [
  'id,createdAt,endedAt,status,stale,crashed,crash,sourceFunction,sourceJobId,sourceEventTime,link,errorMessage',
  'parentId,clockSkew,jobs.id,jobs.name,jobs.status,jobs.stale,jobs.startedAt,jobs.endedAt,jobs.errorMessage',
].join(',')

/** A running tree is asked for again; the larger it is, the less often. */
const SOON = 5000
const LATER = 30_000
const LARGE = 1000

/** The whole tree in which an invocation or job stands. */
export function useTree(id: string, levels: Levels): UseQueryResult<AskedTree> {
  return useQuery({
    queryKey: ['/trees/{id}', id, levels],
    queryFn: ({ signal }) => askTree(id, levels, signal),
    // It has a rhythm of its own: what has ended is not asked for every 15 seconds.
    meta: { once: true },
    refetchInterval: ({ state: { data } }) =>
      data === undefined || data.tree.summary.running === 0
        ? false
        : data.tree.summary.invocations < LARGE
          ? SOON
          : LATER,
    placeholderData: keepPreviousData,
    structuralSharing: false,
  })
}

async function askTree(id: string, levels: Levels, signal: AbortSignal): Promise<AskedTree> {
  const whole = await ask(id, { from: 'root' }, levels, signal)
  if (whole.truncated === null || holds(whole, id)) return asked(whole, true)
  return asked(await ask(id, {}, levels, signal), false)
}

function ask(id: string, from: { from?: 'root' }, levels: Levels, signal: AbortSignal): Promise<Tree> {
  const maxDepth = levels === undefined ? {} : { maxDepth: levels }
  const query = { ...from, ...maxDepth, shape: 'flat' as const, fields: FIELDS }
  return answerOf(client.GET('/trees/{id}', { params: { path: { id }, query }, signal }))
}

function asked(tree: Tree, fromRoot: boolean): AskedTree {
  return { tree: { ...tree, nodes: tree.nodes ?? [] }, receivedAt: performance.now(), fromRoot }
}

function holds({ nodes = [] }: Tree, id: string): boolean {
  return nodes.some((node) => node.id === id || node.jobs.some((job) => job.id === id))
}
