import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef } from 'react'
import type { Control } from '../control/use-control.ts'
import { Axis } from '../waterfall/axis.tsx'
import type { TimeAxis } from '../waterfall/time-axis.ts'
import { OutlineRow } from './outline-row.tsx'
import { rowId } from './row-id.ts'
import { arrowsOf } from './use-arrows.ts'

interface OutlineProps {
  control: Control
  /** Bars stand beside the steps; null: the steps alone. */
  axis: TimeAxis | null
  /** Name above bar, for a narrow screen. */
  stacked: boolean
  details: () => void
}

const HEIGHT = 28
const STACKED = 46

/** The steps as a list of which what is in view is rendered, so that 30,000 scroll as 30 do: the waterfall, and what the graph is for who cannot see a picture. */
export function Outline({ control, axis, stacked, details }: OutlineProps) {
  const { rows, selected } = control
  const scroller = useRef<HTMLDivElement>(null)
  const height = stacked && axis !== null ? STACKED : HEIGHT
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 10,
  })
  useEffect(() => virtual.measure(), [virtual, height])
  const at = useMemo(() => rows.findIndex((row) => row.kind === 'step' && row.step === selected), [rows, selected])
  useEffect(() => {
    const element = scroller.current
    if (element === null || at === -1) return
    const { scrollTop, clientHeight } = element
    const hidden = at * height < scrollTop || (at + 1) * height > scrollTop + clientHeight
    // In the middle, so that what led to it and what it led to are seen too.
    if (hidden) element.scrollTop = at * height - (clientHeight - height) / 2
  }, [at, height])
  return (
    <div className={`outline${axis === null ? '' : ' outline-timed'}${stacked ? ' outline-stacked' : ''}`}>
      {axis !== null && <Axis span={axis.span} />}
      <div
        ref={scroller}
        className="outline-scroll"
        role="tree"
        aria-label="Steps of the tree"
        aria-activedescendant={at === -1 ? undefined : rowId(at)}
        tabIndex={0}
        data-steady
        onKeyDown={arrowsOf(control, details)}
      >
        <div role="presentation" className="outline-rows" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index]
            return (
              row && (
                <OutlineRow
                  key={index}
                  row={row}
                  at={index}
                  offset={start}
                  height={height}
                  selected={index === at}
                  control={control}
                  axis={axis}
                  details={details}
                />
              )
            )
          })}
        </div>
      </div>
    </div>
  )
}
