/** A counter as the writer wrote it, negative ones too; null: none, or none that a whole number of JSON can be (2.5 in a column of numeric, or one beyond 2^53). */
export function counter(value: number | null): number | null {
  return value !== null && Number.isSafeInteger(value) ? value : null
}
