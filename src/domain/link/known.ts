import type { LinkCounts } from './counts.ts'

/** How many links are known, and when that was looked at (an instant). */
export interface KnownLinks extends LinkCounts {
  /** The share of them that answers are made of, 0 to 1; null where there is no link at all. */
  known: number | null
  lookedAt: string
}

export function knownLinks(counts: LinkCounts, lookedAt: string): KnownLinks {
  const { recorded, recovered, recoverable, severed, unknown } = counts
  const all = recorded + recovered + recoverable + severed + unknown
  const known = all === 0 ? null : Math.round(((recorded + recovered) / all) * 1e4) / 1e4
  return { recorded, recovered, recoverable, severed, unknown, known, lookedAt }
}

/** What an answer that is made of links says first if fewer than half of them are known; undefined otherwise. */
export function fewLinksText(links: KnownLinks): string | undefined {
  const { recorded, recovered, recoverable, severed, unknown, known } = links
  if (known === null || known >= 0.5) return undefined
  const found = recorded + recovered
  return `Only ${Math.round(known * 100)} % of the links are known: ${found} of ${found + recoverable + severed + unknown}. The others stand in payloads alone, so what is not shown here may have happened all the same`
}
