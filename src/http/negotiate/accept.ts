/** One part of an Accept header: `text/*;q=0.5` → `{ type: 'text/*', q: 0.5 }`, in lower case, without its other parameters. */
interface Range {
  type: string
  q: number
}

/** How well a range fits a type: by its name, by the half before the slash, or because it takes everything. Zero: not at all. */
type Fit = 0 | 1 | 2 | 3

interface Candidate {
  type: string
  q: number
  fit: Fit
}

const JSON_TYPE = 'application/json'
const TEXT = 'text/plain'
const VENDOR = /\/vnd\./

// Commas and semicolons may stand inside quotes. A quote that is never closed takes the rest: a second way to read it would take quadratic time.
const ELEMENT = /(?:"(?:\\[^]|[^"\\])*"?|[^,"])+/g
const PARAMETER = /(?:"(?:\\[^]|[^"\\])*"?|[^;"])+/g
const WEIGHT = /^\s*q\s*=\s*([01](?:\.\d*)?|\.\d+)\s*$/i

/**
 * The type that an Accept header asks for, among those that a resource has (the preferred one first); undefined: it allows none of them.
 * A higher q wins, then the range that names the type more closely, then the order of `available`. `q=0` excludes. `text/plain` never beats
 * JSON that is named: tools that read JSON add it as a last resort, and Grafana's Infinity gives it the higher q. A vendor's type (a diagram) is
 * for those who name it, and no range asks for it. Parameters are ignored.
 * (The package `accepts` compares parameters, and prefers what stands first: `application/json; charset=utf-8` would meet nothing.)
 */
export function preferredType(accept: string | undefined, available: readonly string[]): string | undefined {
  const ranges = rangesOf(accept ?? '')
  if (ranges.length === 0 && (accept ?? '').trim() === '') return available[0]
  const allowed = available
    .map((type) => candidate(type, ranges))
    .filter(({ type, q, fit }) => q > 0 && (fit === 3 || !VENDOR.test(type)))
  const namesJson = allowed.some(({ type, fit }) => type === JSON_TYPE && fit === 3)
  const [best] = allowed
    .filter(({ type }) => !namesJson || type !== TEXT)
    .toSorted((a, b) => b.q - a.q || b.fit - a.fit)
  return best?.type
}

function rangesOf(accept: string): Range[] {
  return (accept.match(ELEMENT) ?? []).flatMap((element) => {
    const [name = '', ...parameters] = element.match(PARAMETER) ?? []
    const type = name.trim().toLowerCase()
    const weight = parameters.map((each) => WEIGHT.exec(each)?.[1]).find((each) => each !== undefined)
    // A weight that cannot be read is taken for none: the type was named.
    return type.includes('/') ? [{ type, q: Math.min(1, Number(weight ?? 1)) }] : []
  })
}

/** What the closest of the ranges say of a type: of several that are as close, which differ in their parameters, the one with the highest q. */
function candidate(type: string, ranges: readonly Range[]): Candidate {
  const fits = ranges.map((range) => ({ q: range.q, fit: fitOf(range.type, type) }))
  const fit = Math.max(0, ...fits.map((each) => each.fit)) as Fit
  return { type, fit, q: fit === 0 ? 0 : Math.max(...fits.filter((each) => each.fit === fit).map(({ q }) => q)) }
}

function fitOf(range: string, type: string): Fit {
  if (range === type) return 3
  if (range === `${type.split('/')[0]}/*`) return 2
  return range === '*/*' ? 1 : 0
}
