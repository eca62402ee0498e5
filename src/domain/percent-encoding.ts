const LONGEST = 60

/** The first part of a text that is no percent-encoded UTF-8, e.g. `%FF`, `%ED%A0%80` or a lone `%`, cut at 60 characters; undefined: there is none. */
export function undecodable(text: string): string | undefined {
  if (isDecodable(text)) return undefined
  const escapes = text.match(/(?:%[0-9a-f]{2})+|%.{0,2}/gi) ?? []
  return escapes.find((each) => !isDecodable(each))?.slice(0, LONGEST)
}

/** The names in a query (without its `?`) of parameters whose name or value cannot be decoded, with what was given for them, both as they stand. */
export function undecodableParameters(query: string): Array<{ parameter: string; given: string }> {
  return query.split('&').flatMap((each) => {
    const at = each.indexOf('=')
    const [name, value] = at < 0 ? [each, ''] : [each.slice(0, at), each.slice(at + 1)]
    if (!isDecodable(name)) return [{ parameter: name, given: name }]
    return isDecodable(value) ? [] : [{ parameter: decodeURIComponent(name), given: value }]
  })
}

function isDecodable(text: string): boolean {
  if (!text.includes('%')) return true
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
