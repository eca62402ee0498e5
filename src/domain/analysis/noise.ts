/**
 * By how many standard errors two figures must differ before a difference is told. Two windows of the same process differ by so much in 3 of 1,000
 * comparisons; with 2 instead, a graph of 200 edges would show nine changes a day that are none.
 */
const STANDARD_ERRORS = 3

/**
 * Do two counts of equally long windows differ by more than noise? The difference of two Poisson counts has the variance a + b under equal rates: the normal
 * approximation of the conditional test (Przyborowski and Wilenski, Biometrika 31, 1940). 9 against 0 does not differ yet, 10 against 0 does.
 */
export function countsDiffer(a: number, b: number): boolean {
  return Math.abs(a - b) > STANDARD_ERRORS * Math.sqrt(a + b)
}

/** So many of how many. */
export interface Share {
  of: number
  n: number
}

/** Do two shares differ by more than noise? The two-proportion z-test with pooled variance (e.g. NIST/SEMATECH e-Handbook, 7.3.3). Nothing of nothing does not differ. */
export function sharesDiffer(a: Share, b: Share): boolean {
  if (a.n === 0 || b.n === 0) return false
  const pooled = (a.of + b.of) / (a.n + b.n)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / a.n + 1 / b.n))
  return Math.abs(a.of / a.n - b.of / b.n) > STANDARD_ERRORS * error
}
