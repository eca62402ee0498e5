/** Tells a burst, which a longer queue takes up, from an overload that lasts, in which a longer queue only makes everybody wait. */
export interface LastingOverload {
  /** A visitor has got a place at `now`, after it had waited so long; ms. */
  entered: (now: number, waited: number) => void
  lasts: (now: number) => boolean
}

/** An overload lasts when for so long nobody has got a place soon, ms. */
const LONG = 1000

/** `soon` in ms. What lasts is over when somebody has waited less than a third of it: an overload that the queue keeps at `soon` would otherwise seem to end all the time. */
export function lastingOverload(soon: number, began: number): LastingOverload {
  let lasting = false
  let last = began
  return {
    entered(now, waited) {
      if (waited > (lasting ? soon / 3 : soon)) return
      lasting = false
      last = now
    },
    lasts(now) {
      lasting ||= now - last > LONG
      return lasting
    },
  }
}
