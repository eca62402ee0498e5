import { useEffect, useRef } from 'react'
import type { components } from '../../client/client.ts'
import { count } from '../format/numbers.ts'
import { usePreferences } from '../preferences/preferences.ts'
import { isCompressed } from './compressed.ts'
import { SeriesTable } from './series-table.tsx'

type Point = components['schemas']['Point']

/** Runs of each bucket as bars, the failed ones within them, and p95 as a line. Dragging over it chooses a window. Its label tells the sums, and the table below it the figures. */
export function SeriesChart({ points, choose }: { points: Point[]; choose: (from: string, to: string) => void }) {
  const place = useRef<HTMLDivElement>(null)
  const { theme, zone } = usePreferences()
  useEffect(() => {
    const element = place.current
    if (element === null) return undefined
    let stop: (() => void) | undefined
    let gone = false
    // The library comes when it is needed, and looks at the language of the browser when it is loaded.
    const show = async (): Promise<void> => {
      const { draw } = await import('./draw.ts')
      if (!gone) stop = draw(element, points, zone, choose)
    }
    void show()
    return () => {
      gone = true
      stop?.()
    }
  }, [points, theme, zone, choose])
  const failed = points.reduce((sum, point) => sum + point.failed, 0)
  const all = points.reduce((sum, point) => sum + point.runs, 0)
  return (
    <figure className="chart" aria-label={`Invocations over time: ${count(all)}, of which ${count(failed)} failed`}>
      <div ref={place} className="chart-place" />
      <figcaption className="legend">
        <span className="key key-runs">completed</span>
        <span className="key key-failed">failed</span>
        <span className="key key-p95">p95 duration</span>
        <span className="muted">
          Drag over the chart to look closer.
          {isCompressed(points.map(({ runs }) => runs)) &&
            ' One bucket is far above the others, so the scale of invocations is compressed.'}
        </span>
      </figcaption>
      <SeriesTable points={points} />
    </figure>
  )
}
