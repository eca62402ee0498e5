import { maskJson, maskText } from './mask-json.ts'
import type { Personal, PersonalField } from './personal-field.ts'
import type { Redaction } from './redaction.ts'
import { RawJson } from './raw-json.ts'

/** The same with what the paths name masked, and the paths that named something. The input stays as it was; null stays null, for there was nothing. */
export function redact(given: Personal, redactions: readonly Redaction[]): { personal: Personal; redacted: string[] } {
  const personal: Partial<Record<PersonalField, unknown>> = { ...given }
  const redacted: string[] = []
  for (const field of Object.keys(given) as PersonalField[]) {
    const value = given[field]
    if (value === null || value === undefined) continue
    const own = redactions.filter(({ steps }) => steps[0] === field)
    const { text, hits } = value instanceof RawJson ? masked(value.json, own, maskJson) : masked(value, own, maskText)
    if (hits.length > 0) personal[field] = value instanceof RawJson ? new RawJson(text) : text
    redacted.push(...hits)
  }
  return { personal: personal as Personal, redacted }
}

function masked(
  given: string,
  redactions: readonly Redaction[],
  mask: (text: string, steps: readonly string[]) => string,
): { text: string; hits: string[] } {
  let text = given
  const hits: string[] = []
  for (const { path, steps } of redactions) {
    const before = text
    text = mask(before, steps.slice(1))
    if (text !== before) hits.push(path)
  }
  return { text, hits }
}
