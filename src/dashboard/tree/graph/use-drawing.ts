import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'
import { usePreferences } from '../../preferences/preferences.ts'
import { viewOf, type Camera } from './camera.ts'
import { paint } from './paint.ts'
import type { Palette } from './palette.ts'
import type { Placed } from './placed.ts'
import { readPalette } from './read-palette.ts'
import { shapesIn, type Marks } from './shapes.ts'

/** Draws a picture on a canvas, in the next frame after anything has changed; the function that is returned asks for a frame. */
export function useDrawing(
  canvas: RefObject<HTMLCanvasElement | null>,
  camera: RefObject<Camera>,
  picture: Placed | undefined,
  marks: Marks,
): () => void {
  const palette = usePalette(canvas)
  const frame = useRef(0)
  const draw = useRef<() => void>(undefined)
  draw.current = () => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (!element || !context || picture === undefined || palette === undefined) return
    const density = devicePixelRatio
    const size = { width: element.clientWidth, height: element.clientHeight }
    const [width, height] = [Math.round(size.width * density), Math.round(size.height * density)]
    if (element.width !== width || element.height !== height) Object.assign(element, { width, height })
    const shapes = shapesIn(picture, viewOf(camera.current, size), marks)
    paint(context, shapes, { camera: camera.current, size, density, palette })
  }
  const redraw = useCallback(() => {
    cancelAnimationFrame(frame.current)
    frame.current = requestAnimationFrame(() => draw.current?.())
  }, [])
  useEffect(() => {
    const observer = new ResizeObserver(redraw)
    if (canvas.current) observer.observe(canvas.current)
    return () => observer.disconnect()
  }, [canvas, redraw])
  // After every render: what is drawn comes from it.
  useEffect(redraw)
  return redraw
}

/** The colours of the page, read again when it becomes light or dark. */
function usePalette(canvas: RefObject<HTMLCanvasElement | null>): Palette | undefined {
  const { theme } = usePreferences()
  const [palette, setPalette] = useState<Palette>()
  useEffect(() => {
    const read = (): void => {
      if (canvas.current?.parentElement) setPalette(readPalette(canvas.current.parentElement))
    }
    read()
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', read)
    return () => dark.removeEventListener('change', read)
  }, [canvas, theme])
  return palette
}
