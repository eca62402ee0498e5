/** Whether one value is so far above the usual ones that on an even scale these would be flat: more than 30 times the ninth of ten. */
export function isCompressed(values: readonly number[]): boolean {
  const some = values.filter((value) => value > 0).toSorted((a, b) => a - b)
  const usual = some[Math.floor(some.length * 0.9)] ?? 0
  return some.length > 10 && (some.at(-1) ?? 0) > 30 * usual
}
