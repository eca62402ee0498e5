import { change } from '../format/numbers.ts'

/** How a figure differs from that of the window before. `worse`: the direction that is bad; undefined: neither is. `noise`: it differs by no more than chance does. */
export function Delta({
  now,
  before,
  worse,
  noise = false,
}: {
  now: number | null
  before: number | null | undefined
  worse?: 'up' | 'down'
  noise?: boolean
}) {
  const text = before === undefined ? undefined : change(now, before)
  if (text === undefined) return null
  const up = (now ?? 0) > (before ?? 0)
  const tone = noise || worse === undefined || text === '±0 %' ? 'neutral' : (worse === 'up') === up ? 'failed' : 'ok'
  const title = `The window before: ${String(before)}${noise ? '. The difference is no more than chance' : ''}`
  return (
    <span className={`delta delta-${tone}`} title={title}>
      {text}
    </span>
  )
}
