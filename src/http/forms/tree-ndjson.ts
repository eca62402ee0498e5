import { partOf, type Fields } from '../../domain/fields.ts'
import type { Node } from '../../domain/tree/node.ts'
import { nodeSelection } from '../../domain/tree/node-fields.ts'
import type { StreamedTree } from '../../reading/tree/stream.ts'
import type { WholeTree } from '../../reading/tree/whole.ts'
import { moreLink } from '../links.ts'
import { linkedNode } from './tree-json.ts'

/** Who is told on the way: of the number of nodes in each batch, and of a failure, which becomes the object of the last line. */
export interface Told {
  taken: (nodes: number) => void
  failed: (error: Error) => object
}

/** The tree as lines of JSON: `tree`, a `node` each, `more` for what the cut left out below a job, and `end` (or `error`), without which it is incomplete. Closes it. */
export async function* treeNdjson(
  { head, nodes, close }: StreamedTree,
  { taken, failed }: Told,
  fields: Fields | undefined,
): AsyncGenerator<string> {
  const nodeLine = nodeLineOf(fields)
  try {
    yield line({ type: 'tree', ...head })
    let step = await nodes.next()
    for (; !step.done; step = await nodes.next()) {
      taken(step.value.length)
      yield* pieces(step.value.map(nodeLine))
    }
    const { summary, truncated, more } = step.value
    yield* pieces([...more].map(([jobId, left]) => line({ type: 'more', jobId, ...moreLink(left) })))
    yield line({ type: 'end', summary, truncated })
  } catch (error) {
    yield line({ type: 'error', problem: failed(error as Error) })
  } finally {
    await close()
  }
}

/** The same lines of a tree that is held whole. */
export function wholeNdjson(
  { head, nodes, found: { summary, truncated, more } }: WholeTree,
  fields: Fields | undefined,
): string {
  return [
    line({ type: 'tree', ...head }),
    ...nodes.map(nodeLineOf(fields)),
    ...Array.from(more, ([jobId, left]) => line({ type: 'more', jobId, ...moreLink(left) })),
    line({ type: 'end', summary, truncated }),
  ].join('')
}

/** Characters of a piece: about what one write to a socket takes. */
const PIECE = 65_536

/** Lines as few pieces, none longer than 64 KiB of ASCII unless one line is. A hundred nodes with all their fields are 130 KB, and as many `more` lines as jobs would be a write each. */
export function* pieces(lines: readonly string[]): Generator<string, void> {
  let piece = ''
  for (const each of lines) {
    if (piece !== '' && piece.length + each.length > PIECE) {
      yield piece
      piece = ''
    }
    piece += each
  }
  if (piece !== '') yield piece
}

function nodeLineOf(fields: Fields | undefined): (node: Node) => string {
  if (!fields) return (node) => line({ type: 'node', ...linkedNode(node) })
  const selection = nodeSelection(fields)
  return (node) => line({ type: 'node', ...partOf(linkedNode(node), selection) })
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`
}
