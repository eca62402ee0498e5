/** A bound on what all clients have together, which no client can fill for the others. */
export interface SharedRoom {
  /** One more for this client; false: all is taken, and the client has its equal part. */
  take: (client: string) => boolean
  give: (client: string, count: number) => void
  /** Of this client, or of all. */
  taken: (client?: string) => number
}

/** Room for `most`. When that is taken, a client that has less than its equal part (most / clients) still gets more. */
export function sharedRoom(most: number): SharedRoom {
  const counts = new Map<string, number>()
  let all = 0
  return {
    taken: (client) => (client === undefined ? all : (counts.get(client) ?? 0)),
    take(client) {
      const own = counts.get(client) ?? 0
      if (all >= most && own >= most / (counts.size + (own === 0 ? 1 : 0))) return false
      counts.set(client, own + 1)
      all += 1
      return true
    },
    give(client, count) {
      const left = (counts.get(client) ?? 0) - count
      if (left > 0) counts.set(client, left)
      else counts.delete(client)
      all -= count
    },
  }
}
