import type { Node } from '../../domain/tree/node.ts'
import type { WholeTree } from '../../reading/tree/whole.ts'
import { moreLink, type MoreLink } from '../links.ts'

/** The same tree with a link at each place where something is left out. */
export function linkedTree({ nodes, found, ...tree }: WholeTree): WholeTree<MoreLink> {
  const more = new Map([...found.more].map(([jobId, left]) => [jobId, moreLink(left)]))
  return { ...tree, nodes: nodes.map(linkedNode), found: { ...found, more } }
}

/** A node with a link if something is left out below it; most are whole, and stay the objects that they are. */
export function linkedNode(node: Node): Node<MoreLink> {
  const { more } = node
  return more ? { ...node, more: moreLink(more) } : (node as Node<never>)
}
