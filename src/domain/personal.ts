import type { Personal, PersonalField } from './personal-field.ts'
import { redact } from './redact.ts'
import type { Redaction } from './redaction.ts'

/** What was asked for of the personal columns of one row; `omitted` are those that are too large for the answer. */
export interface PersonalRow extends Personal {
  id: string
  omitted: PersonalField[]
}

/** The same as it is answered; `omitted` only where something is. */
export type Shown = Personal & { omitted?: PersonalField[] }

/** Personal data by the id of its row, masked by the redactions; `redacted` are the paths that masked something. */
export function personalOf(rows: readonly PersonalRow[], redactions: readonly Redaction[]): { of: (id: string) => Shown; redacted: string[] } {
  const byId = new Map<string, Shown>()
  const hits = new Set<string>()
  for (const { id, omitted, ...fields } of rows) {
    const { personal, redacted } = redact(present(fields, omitted), redactions)
    byId.set(id, omitted.length > 0 ? { ...personal, omitted } : personal)
    for (const path of redacted) hits.add(path)
  }
  return { of: (id) => byId.get(id) ?? {}, redacted: redactions.flatMap(({ path }) => (hits.has(path) ? [path] : [])) }
}

function present(fields: Personal, omitted: readonly PersonalField[]): Personal {
  const given = { ...fields }
  for (const field of omitted) delete given[field]
  return given.errorStack === undefined ? given : { ...given, errorStack: unwrapped(given.errorStack) }
}

/** The writer wraps some stacks in JSON: `{"_raw_string": "…"}`. */
function unwrapped(stack: string | null): string | null {
  if (!stack?.startsWith('{')) return stack
  try {
    const { _raw_string: text } = JSON.parse(stack) as { _raw_string?: unknown }
    return typeof text === 'string' ? text : stack
  } catch {
    return stack
  }
}
