import { Invalid } from '../invalid.ts'

const MINUTE = 60_000
const DAY = 86_400_000

/** The clock on the wall of a time zone. Times in ms since 1970; a local time counts as if the wall were in UTC. */
export interface TimeZone {
  /** What the wall shows then. */
  localAt(ms: number): number
  /** When the local day that begins at this local midnight begins: the first moment of it, which is later than midnight where that is skipped. */
  dayStart(localMidnight: number): number
}

/** A time zone of the IANA database by its name, as Node's ICU knows it. Throws Invalid for what is none. */
export function timeZone(name: string): TimeZone {
  const offsetAt = name === 'UTC' ? () => 0 : offsets(name)
  const localAt = (ms: number): number => ms + offsetAt(ms)
  return {
    localAt,
    dayStart(localMidnight) {
      const guess = localMidnight - offsetAt(localMidnight)
      const at = localMidnight - offsetAt(guess)
      if (localAt(at) === localMidnight && localAt(at - MINUTE) < localMidnight) return at
      return firstFrom(localMidnight, localAt)
    },
  }
}

/** The first minute at which the wall shows this time or a later one. No zone is further from UTC than 16 hours. */
function firstFrom(local: number, localAt: (ms: number) => number): number {
  let [before, after] = [local - DAY, local + DAY]
  while (after - before > MINUTE) {
    const middle = before + Math.round((after - before) / 2 / MINUTE) * MINUTE
    if (localAt(middle) < local) before = middle
    else after = middle
  }
  return after
}

function offsets(name: string): (ms: number) => number {
  const format = formatOf(name)
  return (ms) => {
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(ms)) part[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000
  }
}

function formatOf(name: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      calendar: 'gregory',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    throw new Invalid('timeZone', name, 'a time zone of the IANA database such as Europe/Berlin, or UTC')
  }
}
