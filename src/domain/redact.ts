import type { Personal, PersonalField } from './personal-field.ts'
import type { Redaction } from './redaction.ts'

export const MASK = '[redacted]'

/** The same without what the paths name, and the paths that named something. The input stays as it was. */
export function redact(given: Personal, redactions: readonly Redaction[]): { personal: Personal; redacted: string[] } {
  const personal: Partial<Record<PersonalField, unknown>> = { ...given }
  const redacted: string[] = []
  for (const { path, steps: [field, ...steps] } of redactions) {
    const name = field as PersonalField
    if (!Object.hasOwn(personal, name)) continue
    const masked = mask(personal[name], steps)
    if (masked === personal[name]) continue
    personal[name] = masked
    redacted.push(path)
  }
  return { personal: personal as Personal, redacted }
}

/** Descends by the steps, not by the data, however deep that is. What has nothing to mask comes back itself; null stays null: there was nothing. */
function mask(value: unknown, steps: readonly string[]): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value === null ? null : MASK
  if (typeof value === 'string') return maskText(value, steps)
  if (typeof value !== 'object' || value === null) return value
  // As in headers, case does not matter: Authorization is authorization.
  const inside = ([key, each]: [string, unknown]): [string, unknown] => [key, step === '*' || key.toLowerCase() === step ? mask(each, rest) : each]
  const before = Object.entries(value)
  const after = before.map(inside)
  if (after.every(([, each], at) => each === before[at]?.[1])) return value
  return Array.isArray(value) ? after.map(([, each]) => each) : Object.fromEntries(after)
}

/** JSON within a text is looked into; what only looks like it (cut off, say) is masked whole, for nobody knows what it holds. */
function maskText(text: string, steps: readonly string[]): string {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    const value: unknown = JSON.parse(text)
    const masked = mask(value, steps)
    return masked === value ? text : JSON.stringify(masked)
  } catch {
    return MASK
  }
}
