/** An invocation, and the one in which the job ran that is about to become its source. */
export interface NewLink {
  id: string
  parentId: string
}

/**
 * Of new links, in order, those that close a circle with the ones before them. Each invocation has one parent, so a link closes one exactly
 * if the climb from its parent comes to its own invocation. Nothing is climbed for an invocation that no other one hangs from.
 */
export function closingLinks<L extends NewLink>(links: readonly L[]): L[] {
  const parentOf = new Map<string, string>()
  const parents = new Set<string>()
  const closing: L[] = []
  for (const link of links) {
    const { id, parentId } = link
    if (id === parentId || (parents.has(id) && reaches(parentId, id, parentOf))) {
      closing.push(link)
      continue
    }
    parentOf.set(id, parentId)
    parents.add(parentId)
  }
  return closing
}

/** What is accepted has no circle, so every climb ends. */
function reaches(from: string, to: string, parentOf: ReadonlyMap<string, string>): boolean {
  for (let at: string | undefined = from; at !== undefined; at = parentOf.get(at)) if (at === to) return true
  return false
}
