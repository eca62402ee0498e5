import { Graph, layout } from '@dagrejs/dagre'
import type { components } from '../../client/client.ts'
import { boundsOf, curve, portsOf } from './curves.ts'

type Edge = components['schemas']['DependencyEdge']
type Node = components['schemas']['DependencyNode']

export interface PlacedNode extends Pick<Node, 'kind' | 'name'> {
  /** Absent of what did not run in the window. */
  figures: Node | undefined
  /** Of the middle, px. */
  x: number
  y: number
  width: number
}

export interface PlacedEdge {
  edge: Edge
  /** A path of SVG. */
  path: string
}

/** `x` and `y` are the corner at the top left, px. */
export interface Placed {
  x: number
  y: number
  width: number
  height: number
  nodes: PlacedNode[]
  edges: PlacedEdge[]
}

export const NODE_HEIGHT = 44
const CHARACTER = 7.4
const PADDING = 26
/** Longer names are cut in the picture, and told as a whole under the pointer and in the table. */
export const LETTERS = 32

/** A job or a function is told from the other kind of the same name. */
export function keyOf({ kind, name }: Pick<Node, 'kind' | 'name'>): string {
  return `${kind} ${name}`
}

/** Lays the graph out from left to right, what leads before what follows (dagre: Sugiyama's layers; 60 nodes and 130 edges take 60 ms). */
export function placed(edges: readonly Edge[], nodes: readonly Node[]): Placed {
  const graph = new Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 72 })
  graph.setDefaultEdgeLabel(() => ({}))
  const named = new Map(edges.flatMap(({ source, target }) => [source, target]).map((each) => [keyOf(each), each]))
  for (const [key, { name }] of named)
    graph.setNode(key, {
      width: Math.max(150, Math.min(LETTERS, name.length) * CHARACTER + PADDING),
      height: NODE_HEIGHT,
    })
  for (const { source, target } of edges) graph.setEdge(keyOf(source), keyOf(target))
  layout(graph)
  const figures = new Map(nodes.map((node) => [keyOf(node), node]))
  const boxes = [...named].map(([key, { kind, name }]) => {
    const { x = 0, y = 0, width = 0 } = graph.node(key)
    return { kind, name, figures: figures.get(key), x, y, width }
  })
  const lines = portsOf(
    edges.map(({ source, target }) => {
      const between = (graph.edge(keyOf(source), keyOf(target)).points ?? []).slice(1, -1)
      return { source: keyOf(source), target: keyOf(target), between }
    }),
    new Map(boxes.map((box) => [keyOf(box), { ...box, height: NODE_HEIGHT }])),
  )
  return {
    ...boundsOf(
      boxes.map((box) => ({ ...box, height: NODE_HEIGHT })),
      lines,
    ),
    nodes: boxes,
    edges: edges.map((edge, nth) => ({ edge, path: curve(lines[nth] ?? []) })),
  }
}
