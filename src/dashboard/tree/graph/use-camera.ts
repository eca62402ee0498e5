import { useEffect, useRef, type RefObject } from 'react'
import { panned, zoomed, type Camera } from './camera.ts'

/** Pixels that a pointer may move while it clicks. */
const STILL = 4

interface Touches {
  /** Where the pointers are, by their ids, in pixels of the canvas. */
  points: Map<number, { x: number; y: number }>
  moved: number
}

/** What a canvas tells: that the camera moved, and where it was clicked, in pixels of the canvas. */
interface Told {
  camera: RefObject<Camera>
  changed: () => void
  clicked: (x: number, y: number) => void
}

/** Drags move the picture, two fingers or the wheel with Ctrl scale it, and the wheel alone scrolls it. */
export function useCamera(canvas: RefObject<HTMLCanvasElement | null>, told: Told): void {
  const latest = useRef(told)
  latest.current = told
  useEffect(() => {
    const element = canvas.current
    if (element === null) return undefined
    const touches: Touches = { points: new Map(), moved: 0 }
    const set = (camera: Camera): void => {
      latest.current.camera.current = camera
      latest.current.changed()
    }
    const at = (event: MouseEvent): { x: number; y: number } => {
      const box = element.getBoundingClientRect()
      return { x: event.clientX - box.x, y: event.clientY - box.y }
    }
    const abort = new AbortController()
    const on = { signal: abort.signal }
    element.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault()
        const { current } = latest.current.camera
        if (event.ctrlKey || event.metaKey) set(zoomed(current, Math.exp(-event.deltaY / 200), at(event)))
        else set(panned(current, -event.deltaX, -event.deltaY))
      },
      { ...on, passive: false },
    )
    element.addEventListener(
      'pointerdown',
      (event) => {
        element.setPointerCapture(event.pointerId)
        touches.points.set(event.pointerId, at(event))
        if (touches.points.size === 1) touches.moved = 0
      },
      on,
    )
    element.addEventListener(
      'pointermove',
      (event) => {
        const before = touches.points.get(event.pointerId)
        if (before) set(dragged(latest.current.camera.current, touches, event.pointerId, before, at(event)))
      },
      on,
    )
    element.addEventListener(
      'pointerup',
      (event) => {
        const { x, y } = at(event)
        const single = touches.points.size === 1
        touches.points.delete(event.pointerId)
        if (single && touches.moved <= STILL) latest.current.clicked(x, y)
      },
      on,
    )
    element.addEventListener('pointercancel', ({ pointerId }) => void touches.points.delete(pointerId), on)
    return () => abort.abort()
  }, [canvas])
}

type Point = { x: number; y: number }

/** One pointer moves the picture; a second one scales it about the first. */
function dragged(camera: Camera, touches: Touches, id: number, before: Point, now: Point): Camera {
  touches.points.set(id, now)
  touches.moved += Math.hypot(now.x - before.x, now.y - before.y)
  const other = [...touches.points].find(([each]) => each !== id)?.[1]
  if (other === undefined) return panned(camera, now.x - before.x, now.y - before.y)
  const was = Math.hypot(before.x - other.x, before.y - other.y)
  const is = Math.hypot(now.x - other.x, now.y - other.y)
  return was > 0 && is > 0 ? zoomed(camera, is / was, other) : camera
}
