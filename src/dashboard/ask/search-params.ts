/** What stands behind the question mark of a URL, readable: `kind=job&kind=event`, without quotes and brackets. */
export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(search))
    for (const each of [value].flat())
      if (typeof each === 'string' || typeof each === 'number' || typeof each === 'boolean')
        params.append(name, String(each))
  const text = params.toString().replaceAll('%3A', ':').replaceAll('%2C', ',')
  return text === '' ? '' : `?${text}`
}

/** The same read back: a text, or a list of texts if a name stands there more than once. */
export function parseSearch(text: string): Record<string, string | string[]> {
  const params = new URLSearchParams(text)
  return Object.fromEntries(
    [...new Set(params.keys())].map((name) => {
      const all = params.getAll(name)
      return [name, all.length === 1 ? (all[0] ?? '') : all]
    }),
  )
}

/** A parameter that may stand there more than once, as a list; undefined: it does not stand there. */
export function manyOf(value: unknown): string[] | undefined {
  const all = [value].flat().filter((each): each is string => typeof each === 'string' && each !== '')
  return all.length === 0 ? undefined : all
}

/** A parameter that takes one of a few words. */
export function oneOf<T extends string>(value: unknown, words: readonly T[]): T | undefined {
  return words.find((word) => word === value)
}
