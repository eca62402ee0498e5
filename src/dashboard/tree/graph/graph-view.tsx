import { useEffect, useRef } from 'react'
import type { Control } from '../control/use-control.ts'
import { fitted, shown, zoomed, type Camera, type Size } from './camera.ts'
import { rowAt } from './placed.ts'
import { useCamera } from './use-camera.ts'
import { useDrawing } from './use-drawing.ts'
import { usePicture } from './use-picture.ts'

/** Boxes are at least so large at first, so that their words can be read. */
const READABLE = 0.75

interface GraphProps {
  control: Control
  /** The ids of the steps on the critical path. */
  critical: ReadonlySet<string>
  now: number
  details: () => void
}

/** The tree as a picture: what is in view is drawn on a canvas. Who cannot see it has the list of steps beside it. */
export default function GraphView({ control, critical, now, details }: GraphProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const camera = useRef<Camera>({ x: 0, y: 0, scale: 1 })
  const fittedTo = useRef<string>(undefined)
  const picture = usePicture(control.rows)
  const { selected, top, foundSteps: found, closed } = control
  const redraw = useDrawing(canvas, camera, picture, { selected: selected.id, critical, found, closed, now })
  const screen = (): Size => ({ width: canvas.current?.clientWidth ?? 1, height: canvas.current?.clientHeight ?? 1 })
  const move = (next: Camera): void => {
    camera.current = next
    redraw()
  }
  useEffect(() => {
    if (picture === undefined) return
    // A new subtree is shown from its start; what is folded, or grows, moves only what hides the selection.
    if (fittedTo.current !== top.id) camera.current = fitted(picture, screen(), READABLE)
    fittedTo.current = top.id
    const at = picture.rows.findIndex((row) => row.kind === 'step' && row.step.id === selected.id)
    const box = picture.boxes[at]
    move(box ? shown(camera.current, screen(), box) : camera.current)
  }, [picture, selected.id, top.id])
  useCamera(canvas, {
    camera,
    changed: redraw,
    clicked: (x, y) => {
      if (picture === undefined) return
      const { current } = camera
      const row = picture.rows[rowAt(picture, current.x + x / current.scale, current.y + y / current.scale) ?? -1]
      if (row?.kind === 'more') control.extend(row.parent)
      else if (row?.kind === 'rest') control.rest.read(row.parent)
      else if (row?.kind === 'missing') control.select(row.parent)
      else if (row?.step === selected) details()
      else if (row) control.select(row.step)
    },
  })
  const scale = (factor: number): void =>
    move(zoomed(camera.current, factor, { x: screen().width / 2, y: screen().height / 2 }))
  return (
    <div className="graph">
      <canvas
        ref={canvas}
        className="graph-canvas"
        role="img"
        aria-label="The tree as a picture; the list of steps tells the same"
      />
      <div className="graph-scale" role="group" aria-label="Scale of the picture">
        <button type="button" className="button" aria-label="Larger" onClick={() => scale(1.4)}>
          +
        </button>
        <button type="button" className="button" aria-label="Smaller" onClick={() => scale(1 / 1.4)}>
          −
        </button>
        <button type="button" className="button" onClick={() => picture && move(fitted(picture, screen()))}>
          Fit
        </button>
      </div>
    </div>
  )
}
