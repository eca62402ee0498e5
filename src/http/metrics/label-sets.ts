/** What stands for all names beyond the bound. */
const OTHER = 'other'
/** Characters of a value; names may be longer than a dashboard can show. */
const LONGEST = 200
/** Of so many sets it is remembered that they were left out. */
const MOST_LEFT_OUT = 100_000

/** The label values of one family of series. */
export interface LabelSets {
  /** These values, or `other` for each of them where the family holds as many sets as it may. */
  of: <const V extends Readonly<Record<string, string>>>(values: V) => Record<keyof V, string>
  /** Sets that are counted as `other`. */
  asOther: () => number
}

/** Keeps a family to so many sets of label values: those that came first. A writer that puts ids into names would otherwise make one of each row. */
export function labelSets(most: number): LabelSets {
  const known = new Set<string>()
  const leftOut = new Set<string>()
  return {
    of(values) {
      const cut = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.slice(0, LONGEST)]))
      const key = JSON.stringify(Object.values(cut))
      if (known.has(key) || known.size < most) {
        known.add(key)
        return cut as Record<keyof typeof values, string>
      }
      if (leftOut.size < MOST_LEFT_OUT) leftOut.add(key)
      return Object.fromEntries(Object.keys(values).map((name) => [name, OTHER])) as Record<keyof typeof values, string>
    },
    asOther: () => leftOut.size,
  }
}
