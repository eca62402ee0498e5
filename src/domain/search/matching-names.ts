/** The names that begin with a text, and then those that hold it elsewhere, each in the order of the alphabet, in whatever case; at most so many. */
export function matchingNames(text: string, names: readonly string[], most: number): string[] {
  const wanted = text.toLowerCase()
  return names
    .map((name) => ({ name, at: name.toLowerCase().indexOf(wanted) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => Number(a.at > 0) - Number(b.at > 0) || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name)
}
