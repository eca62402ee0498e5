import type { Refusal } from '../connection/refusal.ts'
import type { Full } from './places.ts'

/** Why a request was refused: what it waited for, who has it, and what one client may have of it. */
export function noPlace({ waited, expected, bound, ...standing }: Full): Refusal {
  const { what, places, share, working, own, waiting } = standing
  const now = `${working} of at most ${places} ${what} are being worked on, ${own} of them for this client, which may have ${share}; ${waiting} wait`
  return { detail: `${reason({ waited, expected, bound })}: ${now}`, wait: Math.max(expected, waited) }
}

function reason({ waited, expected, bound }: Pick<Full, 'waited' | 'expected' | 'bound'>): string {
  if (waited > 0) return `No place became free within the ${seconds(waited)} that a request may wait`
  if (expected > 0)
    return `The next place would most likely be free in ${seconds(expected)}, and none waits that would wait longer than ${seconds(bound)} (twice that in a burst)`
  return 'There is no place'
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(2))} s`
}
