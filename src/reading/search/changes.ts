import type { Queryable } from '../../db/db.ts'
import { RawJson } from '../../domain/privacy/raw-json.ts'
import { redact } from '../../domain/privacy/redact.ts'
import type { Redaction } from '../../domain/privacy/redaction.ts'
import { changesOf } from '../../queries/search/changes.ts'

/** What events changed, by the invocation that each caused (null: that is too large), and the paths of REDACT that masked something. */
export interface Changes {
  of: ReadonlyMap<string, RawJson | null>
  redacted: string[]
}

/** Reads what the events of these invocations changed; only for a caller who may see payloads. */
export async function readChanges(
  db: Queryable,
  invocationIds: readonly string[],
  redactions: readonly Redaction[],
): Promise<Changes> {
  const of = new Map<string, RawJson | null>()
  const hits = new Set<string>()
  for (const { invocationId, payload } of await changesOf(db, invocationIds)) {
    const given = payload === null ? null : new RawJson(payload)
    const { personal, redacted } = redact({ payload: given }, redactions)
    of.set(invocationId, personal.payload ?? null)
    for (const path of redacted) hits.add(path)
  }
  return { of, redacted: redactions.flatMap(({ path }) => (hits.has(path) ? [path] : [])) }
}
