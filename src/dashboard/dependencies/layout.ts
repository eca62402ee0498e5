import { Graph, layout } from '@dagrejs/dagre'
import type { components } from '../../client/client.ts'

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

export interface Placed {
  width: number
  height: number
  nodes: PlacedNode[]
  edges: PlacedEdge[]
}

export const NODE_HEIGHT = 44
const CHARACTER = 7.4
const PADDING = 26

/** A job or a function is told from the other kind of the same name. */
export function keyOf({ kind, name }: Pick<Node, 'kind' | 'name'>): string {
  return `${kind} ${name}`
}

/** Lays the graph out from left to right, what leads before what follows (dagre: Sugiyama's layers; 60 nodes and 130 edges take 60 ms). */
export function placed(edges: readonly Edge[], nodes: readonly Node[]): Placed {
  const graph = new Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 56, marginx: 12, marginy: 12 })
  graph.setDefaultEdgeLabel(() => ({}))
  const named = new Map(edges.flatMap(({ source, target }) => [source, target]).map((each) => [keyOf(each), each]))
  for (const [key, { name }] of named)
    graph.setNode(key, { width: Math.max(150, name.length * CHARACTER + PADDING), height: NODE_HEIGHT })
  for (const { source, target } of edges) graph.setEdge(keyOf(source), keyOf(target))
  layout(graph)
  const figures = new Map(nodes.map((node) => [keyOf(node), node]))
  const { width = 0, height = 0 } = graph.graph()
  return {
    width,
    height,
    nodes: [...named].map(([key, { kind, name }]) => {
      const at = graph.node(key)
      return { kind, name, figures: figures.get(key), x: at.x ?? 0, y: at.y ?? 0, width: at.width ?? 0 }
    }),
    edges: edges.map((edge) => ({
      edge,
      path: curve(graph.edge(keyOf(edge.source), keyOf(edge.target)).points ?? []),
    })),
  }
}

/** Through the middles between its points, so that it bends without corners. */
function curve(points: ReadonlyArray<{ x: number; y: number }>): string {
  const [first, ...rest] = points
  const last = rest.at(-1)
  if (first === undefined || last === undefined) return ''
  const bends = rest.slice(0, -1).map((point, nth) => {
    const next = rest[nth + 1] ?? last
    const end = nth === rest.length - 2 ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 }
    return `Q${at(point)} ${at(end)}`
  })
  return `M${at(first)}${bends.join('')}${bends.length === 0 ? `L${at(last)}` : ''}`
}

function at({ x, y }: { x: number; y: number }): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`
}
