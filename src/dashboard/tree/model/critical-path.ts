import type { components } from '../../../client/client.ts'
import { epochMs } from './instant.ts'

type Segment = components['schemas']['PathSegment']

/** A part of the critical path, in ms since 1970. */
export interface PathPart {
  kind: Segment['kind']
  from: number
  to: number
  /** Of the whole path. */
  share: number
}

/** The parts of the critical path by the id of their step. */
export type CriticalParts = ReadonlyMap<string, readonly PathPart[]>

export function criticalParts(segments: readonly Segment[]): CriticalParts {
  const parts = new Map<string, PathPart[]>()
  for (const { id, kind, startedAt, endedAt, share } of segments) {
    const from = epochMs(startedAt)
    const to = epochMs(endedAt)
    if (from === null || to === null) continue
    const others = parts.get(id)
    if (others) others.push({ kind, from, to, share })
    else parts.set(id, [{ kind, from, to, share }])
  }
  return parts
}
