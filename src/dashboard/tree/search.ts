import { oneOf } from '../ask/search-params.ts'

export const treeViews = ['waterfall', 'graph', 'text'] as const
export type TreeView = (typeof treeViews)[number]

/** What the URL says of a tree that is shown. */
export interface TreeSearch {
  /** By default the waterfall. */
  view?: TreeView | undefined
  /** The id of the invocation or job that is selected. */
  selected?: string | undefined
  /** The id of the invocation or job whose subtree all views are zoomed to. */
  zoom?: string | undefined
}

export function parseTreeSearch(search: Record<string, unknown>): TreeSearch {
  const view = oneOf(search['view'], treeViews)
  const text = (name: string): string | undefined => (typeof search[name] === 'string' ? search[name] : undefined)
  const selected = text('selected')
  const zoom = text('zoom')
  return { ...(view && { view }), ...(selected && { selected }), ...(zoom && { zoom }) }
}
