import { age, moment, wholeInstant } from '../format/time.ts'
import { useZone } from '../preferences/preferences.ts'

/** An instant in the zone that is preferred. */
export function Moment({ at }: { at: string }) {
  const zone = useZone()
  return (
    <time dateTime={at} title={wholeInstant(at)}>
      {moment(at, zone)}
    </time>
  )
}

/** How long ago, by the clock of the database. */
export function Ago({ at, asOf }: { at: string; asOf: string }) {
  return (
    <time dateTime={at} title={wholeInstant(at)}>
      {age(at, asOf)} ago
    </time>
  )
}
