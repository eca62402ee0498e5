import type { Personal, PersonalField } from './personal-field.ts'
import { redact } from './redact.ts'
import type { Redaction } from './redaction.ts'
import { RawJson } from './raw-json.ts'
import { unwrapped } from './wrapped-text.ts'

/** What was asked for of the personal columns of one row, all as text; `omitted` are those that are too large for the answer. */
export type PersonalRow = { id: string; omitted: PersonalField[] } & { [field in PersonalField]?: string | null }

/** The same as it is answered; `omitted` only where something is. */
export type Shown = Personal & { omitted?: PersonalField[] }

/** Personal data by the id of its row, masked by the redactions; `redacted` are the paths that masked something. */
export function personalOf(
  rows: readonly PersonalRow[],
  redactions: readonly Redaction[],
): { of: (id: string) => Shown; redacted: string[] } {
  const byId = new Map<string, Shown>()
  const hits = new Set<string>()
  for (const row of rows) {
    const { personal, redacted } = redact(given(row), redactions)
    byId.set(row.id, row.omitted.length > 0 ? { ...personal, omitted: row.omitted } : personal)
    for (const path of redacted) hits.add(path)
  }
  return { of: (id) => byId.get(id) ?? {}, redacted: redactions.flatMap(({ path }) => (hits.has(path) ? [path] : [])) }
}

/** Without what was not asked for, and what is too large. */
function given({ id: _id, omitted, ...texts }: PersonalRow): Personal {
  const fields = Object.entries(texts).filter(([field]) => !omitted.some((each) => each === field))
  return Object.fromEntries(fields.map(([field, text]) => [field, text === null ? null : valueOf(field, text)]))
}

function valueOf(field: string, text: string): string | RawJson {
  if (field === 'sourceUserEmail') return text
  return field === 'errorStack' ? unwrapped(text) : new RawJson(text)
}
