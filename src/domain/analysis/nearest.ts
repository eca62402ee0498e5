/** What differs in length alone does not matter beyond so many characters. */
const LONGEST = 100

/** The names that are most like a text, in whatever case, the most like first; of equally like ones those that stand first. */
export function nearest(given: string, names: readonly string[], most: number): string[] {
  const wanted = given.slice(0, LONGEST).toLowerCase()
  return names
    .map((name) => ({ name, distance: distance(wanted, name.slice(0, LONGEST).toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ name }) => name)
}

/** How many characters must be put in, left out or replaced (Wagner and Fischer, JACM 21, 1974). A part of a name is nearer to it than another name: what is only put in before or behind counts a quarter. */
function distance(a: string, b: string): number {
  if (b.includes(a)) return (b.length - a.length) / 4
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1)
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length] ?? 0
}
