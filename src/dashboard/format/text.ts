/** A text of at most so many letters; a longer one ends with `…`. */
export function cut(text: string, most: number): string {
  const letters = Array.from(text)
  return letters.length > most ? `${letters.slice(0, Math.max(0, most - 1)).join('')}…` : text
}
