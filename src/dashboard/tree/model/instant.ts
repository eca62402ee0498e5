/** The milliseconds since 1970 of an instant of an answer, the microseconds as their fraction. Null: there is none, or it is infinite. */
export function epochMs(instant: string | null | undefined): number | null {
  if (instant === null || instant === undefined) return null
  const ms = Date.parse(instant)
  if (Number.isNaN(ms)) return null
  const micros = /\.\d{3}(\d{3})Z$/.exec(instant)?.[1]
  return micros === undefined ? ms : ms + Number(micros) / 1000
}
