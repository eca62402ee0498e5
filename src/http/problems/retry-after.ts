/** Those who are refused at once come back in so many different seconds. */
const SPREAD = 3

/** After how many whole seconds a retry makes sense: when what waits now (`wait`, ms) is over, and not with all others who were refused. `random`: from 0 to below 1. */
export function retryAfter(wait: number, random: number): number {
  return Math.max(1, Math.ceil(wait / 1000)) + Math.floor(random * SPREAD)
}
