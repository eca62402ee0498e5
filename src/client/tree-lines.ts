import type { components, operations } from './api.ts'
import { errorOf, ServiceError, type Problem } from './problem.ts'

type Schemas = components['schemas']

export type TreeLinesQuery = NonNullable<operations['listTreeNodes']['parameters']['query']>

/** A line of a tree: its head, then a node each, then for each job below which something was cut off what is left out there, then the figures. */
export type TreeLine =
  | ({ type: 'tree' } & Omit<Schemas['Tree'], 'summary' | 'truncated' | 'tree' | 'nodes'>)
  | ({ type: 'node' } & Schemas['FlatNode'])
  | ({ type: 'more'; jobId: string } & Schemas['More'])
  | ({ type: 'end' } & Pick<Schemas['Tree'], 'summary' | 'truncated'>)

/** Asks for a tree whose body is not read yet. */
export type AskLines = (
  path: '/trees/{id}/nodes',
  options: { params: { path: { id: string }; query: TreeLinesQuery }; parseAs: 'stream'; signal?: AbortSignal },
) => Promise<{ data?: unknown; error?: unknown; response: Response }>

/** The lines as they come; the last one is `end`. Throws ServiceError if the service refuses, breaks off with a problem, or the lines end early. */
export async function* treeLinesOf(
  ask: AskLines,
  id: string,
  query: TreeLinesQuery,
  signal: AbortSignal | undefined,
): AsyncGenerator<TreeLine, void> {
  const { data, error, response } = await ask('/trees/{id}/nodes', {
    params: { path: { id }, query },
    parseAs: 'stream',
    ...(signal ? { signal } : {}),
  })
  if (error !== undefined || !response.ok) throw errorOf(error, response)
  for await (const text of linesOf(data as ReadableStream<Uint8Array>)) {
    const line = JSON.parse(text) as TreeLine | { type: 'error'; problem: Problem }
    if (line.type === 'error') throw new ServiceError(line.problem)
    yield line
    if (line.type === 'end') return
  }
  throw new ServiceError({
    type: 'about:blank',
    title: 'The tree is incomplete',
    status: response.status,
    detail: `the lines of tree ${id} ended before the line of type end`,
  })
}

/** The lines of a body in UTF-8. Who takes no more of them ends the request. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      const lines = (rest + decoder.decode(step.value, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } finally {
    await reader.cancel()
  }
}
