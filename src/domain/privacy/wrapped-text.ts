/** `{"_raw_string": "…`, up to the end of the text or of what was kept of it. */
const WRAPPED = /^\s*\{\s*"_raw_string"\s*:\s*"((?:[^"\\]|\\(?:u[0-9a-fA-F]{4}|[^u]))*)/

/** The text that the writer wrapped in JSON, as it does with some stacks: `{"_raw_string": "…"}`, also where its end was cut off. Any other as it is. */
export function unwrapped(text: string): string {
  const [, inner] = WRAPPED.exec(text) ?? []
  if (inner === undefined) return text
  try {
    return JSON.parse(`"${inner}"`) as string
  } catch {
    return text
  }
}
