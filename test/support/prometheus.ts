import assert from 'node:assert/strict'

/** A family of a page: its type, and its series with their values, by name and labels as they stand. */
export interface Family {
  type: string
  series: Map<string, number>
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)?\\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|[+-]Inf|NaN)$`)

/**
 * Reads a page of the text format 0.0.4, more strictly than Prometheus does: one LF after each line, HELP and TYPE once and before their samples, the samples of a family
 * together, no series twice, no times, counters that end in _total, and histograms whose buckets grow up to their count.
 */
export function parsePage(page: string): Map<string, Family> {
  assert.ok(page.endsWith('\n') && !page.includes('\r'), 'one LF after each line')
  const families = new Map<string, Family>()
  const helped = new Set<string>()
  let current = ''
  for (const line of page.split('\n')) {
    if (line === '') continue
    const [, kind, name = '', rest = ''] = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line) ?? []
    if (kind === 'HELP') {
      assert.ok(!helped.has(name), `HELP of ${name} stands there twice`)
      helped.add(name)
    } else if (kind === 'TYPE') {
      assert.ok(helped.has(name) && !families.has(name), `TYPE of ${name} has no place of its own`)
      families.set(name, { type: rest, series: new Map() })
      current = name
    } else addSample(line, current, families.get(current))
  }
  for (const [name, family] of families) checkFamily(name, family)
  return families
}

function addSample(line: string, current: string, family: Family | undefined): void {
  const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? assert.fail(`this is no sample: ${line}`)
  const own = family?.type === 'histogram' ? name.replace(/_(bucket|sum|count)$/, '') : name
  assert.equal(own, current, `${line} stands among the samples of ${current}`)
  const names = Array.from(labels.matchAll(/([a-zA-Z_]\w*)="/g), ([, label]) => label)
  assert.equal(new Set(names).size, names.length, `a label stands twice: ${line}`)
  const key = `${name}{${labels}}`
  assert.ok(!family?.series.has(key), `${key} stands there twice`)
  family?.series.set(key, Number(value.replace('Inf', 'Infinity')))
}

function checkFamily(name: string, { type, series }: Family): void {
  assert.ok(series.size <= 1000, `${name} has ${series.size} series`)
  if (type === 'counter') assert.match(name, /_total$/)
  if (type !== 'histogram') return
  const last = new Map<string, number>()
  for (const [key, value] of series) {
    const [, labels] = /_bucket\{(?:le="[^"]*",?)?(.*)\}$/.exec(key) ?? []
    if (labels === undefined) continue
    assert.ok(value >= (last.get(labels) ?? 0), `${key} is smaller than the bucket before it`)
    last.set(labels, value)
  }
  for (const [labels, value] of last) assert.equal(series.get(`${name}_count{${labels}}`), value, `${name} ${labels}`)
}

/** The value of a series, e.g. `valueOf(page, 'x_total', { job: 'pay' })`; undefined: there is none. */
export function valueOf(
  page: Map<string, Family>,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const text = Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')
  return [...page.values()].map(({ series }) => series.get(`${name}{${text}}`)).find((value) => value !== undefined)
}
