const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What the URL says of a comparison. */
export interface CompareSearch {
  /** The id of an invocation or a job of the other tree; undefined: what is usual. */
  with?: string | undefined
}

export function parseCompareSearch(search: Record<string, unknown>): CompareSearch {
  const other = search['with']
  return typeof other === 'string' && ID.test(other) ? { with: other } : {}
}

/** The first id in a text: that of a tree whose URL was pasted, say. */
export function idIn(text: string): string | undefined {
  return /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text)?.[0]
}
