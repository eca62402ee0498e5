import type { CSSProperties } from 'react'
import type { TimeAxis } from './time-axis.ts'
import type { Step } from '../model/step.ts'
import { toneOf } from '../model/tone.ts'
import { barsOf, placeOf, type Place } from './bars.ts'
import { timeText } from './time-text.ts'

/** When a step waited and worked, on the axis; below it, the part of the critical path that it is. */
export function StepBars({ step, axis: { span, now, critical } }: { step: Step; axis: TimeAxis }) {
  const { wait, work, unended } = barsOf(step, span, now)
  const parts = critical.get(step.id) ?? []
  return (
    <div className="timebars" aria-hidden="true">
      {wait !== null && <span className="timebar timebar-wait" style={styleOf(wait)} />}
      {work !== null && (
        <span
          className={`timebar timebar-work tone-${toneOf(step)}${step.running ? ' timebar-running' : ''}${unended ? ' timebar-unended' : ''}`}
          style={styleOf(work)}
        />
      )}
      {parts.map(({ kind, from, to }) => {
        const place = placeOf({ from, to }, span)
        return place && <span key={from} className={`critical critical-${kind}`} style={styleOf(place)} />
      })}
      {work !== null && (
        <span className="timebar-time" style={beside(work)}>
          {timeText(step, now)}
        </span>
      )}
    </div>
  )
}

function styleOf({ left, width }: Place): CSSProperties {
  return { left: `${left * 100}%`, width: `${width * 100}%` }
}

/** To the right of a bar, or to its left where there is no room. */
function beside({ left, width }: Place): CSSProperties {
  const end = left + width
  return end < 0.86 ? { left: `calc(${end * 100}% + 6px)` } : { right: `calc(${(1 - left) * 100}% + 6px)` }
}
