import { duration } from '../../format/numbers.ts'
import { ticksOf } from './ticks.ts'
import type { Span } from './bars.ts'

/** Times from the start of what is shown on, above the bars, with a line down from each. */
export function Axis({ span }: { span: Span }) {
  const length = span.to - span.from
  return (
    <div className="time-axis" aria-hidden="true">
      {ticksOf(length, 6).map((tick) => (
        <span key={tick} className="tick" style={{ left: `${length > 0 ? (tick / length) * 100 : 0}%` }}>
          <span className="tick-text">{tickText(tick)}</span>
        </span>
      ))}
    </div>
  )
}

/** Ticks are round: `2 s` tells as much as `2.00 s`. */
function tickText(tick: number): string {
  return tick === 0 ? '0' : duration(tick).replace(/\.?0+ s$/, ' s')
}
