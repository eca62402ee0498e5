export const MASK = '[redacted]'

/**
 * The text of a JSON value, masked where the steps lead (`*` is any key or place, keys in lower case); null stays null. All else stays as it
 * is written: read into values and written again, numbers would lose digits, and what is nested some thousand deep could not be written.
 * Descends by the steps, not by the data, however deep that is.
 */
export function maskJson(json: string, steps: readonly string[]): string {
  const [step, ...rest] = steps
  if (step === undefined) return json === 'null' ? json : JSON.stringify(MASK)
  if (json.startsWith('"')) return maskString(json, steps)
  let masked = ''
  let done = 0
  for (const { name, from, to } of children(json)) {
    // As in headers, case does not matter: Authorization is authorization.
    if (step !== '*' && name.toLowerCase() !== step) continue
    const before = json.slice(from, to)
    const after = maskJson(before, rest)
    if (after === before) continue
    masked += json.slice(done, from) + after
    done = to
  }
  return done === 0 ? json : masked + json.slice(done)
}

/** JSON within a text is looked into; what only looks like it (cut off, say) is masked whole, for nobody knows what it holds. */
export function maskText(text: string, steps: readonly string[]): string {
  if (steps.length === 0) return MASK
  if (!/^\s*[[{"]/.test(text)) return text
  if (!isJson(text)) return MASK
  const json = text.trim()
  const masked = maskJson(json, steps)
  return masked === json ? text : masked
}

function maskString(json: string, steps: readonly string[]): string {
  const text = JSON.parse(json) as string
  const masked = maskText(text, steps)
  return masked === text ? json : JSON.stringify(masked)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

interface Child {
  /** Its key in an object, its place in an array. */
  name: string
  from: number
  to: number
}

/** Where the values stand that an object or an array holds; of equal keys each. */
function* children(json: string): Generator<Child> {
  const isObject = json.startsWith('{')
  if (!isObject && !json.startsWith('[')) return
  let at = pastSpace(json, 1)
  for (let nth = 0; at < json.length - 1; nth += 1) {
    let name = String(nth)
    if (isObject) {
      const end = endOfString(json, at)
      name = JSON.parse(json.slice(at, end)) as string
      at = pastMark(json, end)
    }
    const to = endOfValue(json, at)
    yield { name, from: at, to }
    at = pastMark(json, to)
  }
}

/** Past a colon or a comma, and the space around it. */
function pastMark(json: string, at: number): number {
  return pastSpace(json, pastSpace(json, at) + 1)
}

function pastSpace(json: string, from: number): number {
  let at = from
  while (isSpace(json[at])) at += 1
  return at
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t'
}

/** A number or a word ends before a comma, space, or what closes the value around it; all else with its last character. */
function endOfValue(json: string, from: number): number {
  let depth = 0
  for (let at = from; at < json.length; at += 1) {
    const character = json[at]
    if (character === '"') at = endOfString(json, at) - 1
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    else if (depth > 0 || !(character === ',' || isSpace(character))) continue
    else return at
    if (depth < 0) return at
    if (depth === 0) return at + 1
  }
  return json.length
}

/** An even number of backslashes before a quote: it is none of the string's own. */
function endOfString(json: string, from: number): number {
  for (let quote = json.indexOf('"', from + 1); quote > 0; quote = json.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (json[quote - 1 - backslashes] === '\\') backslashes += 1
    if (backslashes % 2 === 0) return quote + 1
  }
  return json.length
}
