/** Of the invocations that were looked at: those whose source job is in its column, those whose link we found and keep, and those whose payload names a job alone. */
export interface LinkCounts {
  recorded: number
  recovered: number
  recoverable: number
}

/** How many links are known, and when that was looked at (an instant). */
export interface KnownLinks extends LinkCounts {
  /** The share of them that answers are made of, 0 to 1; null where there is no link at all. */
  known: number | null
  lookedAt: string
}

export function knownLinks(counts: LinkCounts, lookedAt: string): KnownLinks {
  const { recorded, recovered, recoverable } = counts
  const all = recorded + recovered + recoverable
  const known = all === 0 ? null : Math.round(((recorded + recovered) / all) * 1e4) / 1e4
  return { ...counts, known, lookedAt }
}

/** What an answer that is made of links says first if fewer than half of them are known; undefined otherwise. */
export function fewLinksText({ recorded, recovered, recoverable, known }: KnownLinks): string | undefined {
  if (known === null || known >= 0.5) return undefined
  const [found, all] = [recorded + recovered, recorded + recovered + recoverable]
  return `Only ${Math.round(known * 100)} % of the links are known: ${found} of the ${all} newest ones. The others stand in payloads alone, so what is not shown here may have happened all the same`
}
