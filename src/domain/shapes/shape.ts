import { createHash } from 'node:crypto'
import type { Node } from '../tree/node.ts'

/** The structure of a tree below an invocation or a job: its name, and what stands below it, without order, times and outcomes. */
export interface Shape {
  kind: 'function' | 'job'
  name: string
  /** Equal ones stand once, with how many there are. */
  below: Array<{ shape: Shape; times: number }>
  /** 16 hex digits. */
  hash: string
}

/**
 * The canonical form of a tree: siblings are sorted and equal ones counted, from the leaves up, so two trees have one hash exactly if they have the same functions and jobs below each other,
 * equally often. Sources: canonical names of rooted trees (Aho, Hopcroft and Ullman, The Design and Analysis of Computer Algorithms, 1974, section 3.2), with hashes for names (Merkle, CRYPTO 1987).
 *
 * The hash is the first 64 bits of SHA-256 over UTF-8 JSON of [1, kind, name, [[hash, times], …]], those below in the order of their hashes; 1 is the version of this rule, so a hash is the same on every
 * machine and stays what it is until that changes. It takes no recursion. `nodes`: by depth, parents first; there is at least one. `known`: shapes of other trees, which share their parts.
 */
export function shapeOf(nodes: readonly Node[], known = new Map<string, Shape>()): Shape {
  const triggered = new Map<string, Shape[]>()
  let shape: Shape | undefined
  for (const { depth, sourceFunction, sourceJobId, jobs } of nodes.toReversed()) {
    const below = jobs.map(({ id, name }) => made('job', name, triggered.get(id) ?? [], known))
    shape = made('function', sourceFunction, below, known)
    if (depth === 0 || sourceJobId === null) continue
    const others = triggered.get(sourceJobId)
    if (others) others.push(shape)
    else triggered.set(sourceJobId, [shape])
  }
  if (!shape) throw new Error('a tree has one node at least')
  return shape
}

const VERSION = 1
const DIGITS = 16

function made(kind: Shape['kind'], name: string, parts: readonly Shape[], known: Map<string, Shape>): Shape {
  const times = new Map<Shape, number>()
  for (const part of parts) {
    const shape = known.get(part.hash) ?? part
    times.set(shape, (times.get(shape) ?? 0) + 1)
  }
  const below = [...times]
    .map(([shape, n]) => ({ shape, times: n }))
    .sort((a, b) => (a.shape.hash < b.shape.hash ? -1 : 1))
  const text = JSON.stringify([VERSION, kind, name, below.map(({ shape, times: n }) => [shape.hash, n])])
  const hash = createHash('sha256').update(text).digest('hex').slice(0, DIGITS)
  const shape = known.get(hash) ?? { kind, name, below, hash }
  known.set(hash, shape)
  return shape
}
