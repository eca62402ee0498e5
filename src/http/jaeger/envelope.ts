/** What every answer of version 1 stands in. `warnings` is ours: what of the data is not told. */
export function envelope<T>(data: readonly T[], warnings: readonly string[] = []) {
  return { ...around(data.length), data, ...(warnings.length > 0 ? { warnings } : {}) }
}

function around(total: number) {
  return { total, limit: 0, offset: 0, errors: null }
}

/** The same of what is written in pieces, each of which is the JSON of one item, or a part of it. */
export function* enveloped(
  items: Iterable<Iterable<string>>,
  warnings: readonly string[] = [],
): Generator<string, void> {
  let total = 0
  yield '{"data":['
  for (const pieces of items) {
    if (total > 0) yield ','
    yield* pieces
    total += 1
  }
  yield `],${JSON.stringify({ ...around(total), ...(warnings.length > 0 ? { warnings } : {}) }).slice(1)}`
}
