import { isLosslessNumber, parse, stringify } from 'lossless-json'
import type { Personal, PersonalField } from './personal-field.ts'
import type { Redaction } from './redaction.ts'
import { Verbatim } from './verbatim.ts'

export const MASK = '[redacted]'

/** The same with what the paths name masked, and the paths that named something. The input stays as it was; null stays null, for there was nothing. */
export function redact(given: Personal, redactions: readonly Redaction[]): { personal: Personal; redacted: string[] } {
  const personal: Partial<Record<PersonalField, unknown>> = { ...given }
  const redacted: string[] = []
  for (const field of Object.keys(given) as PersonalField[]) {
    const value = given[field]
    const own = redactions.filter(({ steps }) => steps[0] === field)
    if (own.length === 0 || value === null || value === undefined) continue
    const masked = value instanceof Verbatim ? maskJson(value, own) : maskAll(value, own)
    personal[field] = masked.value
    redacted.push(...masked.hits)
  }
  return { personal: personal as Personal, redacted }
}

/** What cannot be read or written again, being too deep, is masked whole. */
function maskJson(given: Verbatim, redactions: readonly Redaction[]): { value: Verbatim; hits: string[] } {
  try {
    const { value, hits } = maskAll(JSON.parse(given.json), redactions)
    return { value: hits.length === 0 ? given : new Verbatim(written(given.json, value, (again) => maskAll(again, redactions).value)), hits }
  } catch {
    return { value: new Verbatim(JSON.stringify(MASK)), hits: redactions.map(({ path }) => path) }
  }
}

function maskAll(given: unknown, redactions: readonly Redaction[]): { value: unknown; hits: string[] } {
  let value = given
  const hits: string[] = []
  for (const { path, steps } of redactions) {
    const masked = mask(value, steps.slice(1))
    if (masked !== value) hits.push(path)
    value = masked
  }
  return { value, hits }
}

/** Descends by the steps, not by the data, however deep that is. What has nothing to mask comes back itself. */
function mask(value: unknown, steps: readonly string[]): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value === null ? null : MASK
  if (typeof value === 'string') return maskText(value, steps)
  if (typeof value !== 'object' || value === null || isLosslessNumber(value)) return value
  // As in headers, case does not matter: Authorization is authorization.
  const inside = ([key, each]: [string, unknown]): [string, unknown] => [key, step === '*' || key.toLowerCase() === step ? mask(each, rest) : each]
  const before = Object.entries(value)
  const after = before.map(inside)
  if (after.every(([, each], at) => each === before[at]?.[1])) return value
  return Array.isArray(value) ? after.map(([, each]) => each) : Object.fromEntries(after)
}

/** JSON within a text is looked into; what only looks like it (cut off, say) is masked whole, for nobody knows what it holds. */
function maskText(text: string, steps: readonly string[]): string {
  if (!/^\s*[[{"]/.test(text)) return text
  try {
    // Not JSON.parse, which takes the last of two equal keys, and would leave the first one in the text.
    const value = parse(text)
    const masked = mask(value, steps)
    return masked === value ? text : (stringify(masked) ?? MASK)
  } catch {
    return MASK
  }
}

// An id beyond 2^53. (Only these take the slow way: 7 MB take 1 s of it, and 0.2 s of JSON.parse and JSON.stringify.)
const LONG = /\d{16}/

/** JSON with something changed, and every number with the digits it came with; but for what is nested too deep for that. */
function written(json: string, changed: unknown, change: (value: unknown) => unknown): string {
  if (!LONG.test(json)) return JSON.stringify(changed)
  try {
    return stringify(change(parse(json))) ?? 'null'
  } catch {
    return JSON.stringify(changed)
  }
}
