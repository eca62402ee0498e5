import { layOut } from '../graph/lay-out.ts'
import { paint } from '../graph/paint.ts'
import type { Palette } from '../graph/palette.ts'
import { parentsOf, placed } from '../graph/placed.ts'
import { shapesIn, type Marks } from '../graph/shapes.ts'
import { svgOf } from '../graph/svg.ts'
import type { Row } from '../model/rows.ts'

/** Pixels on a side that every browser can draw; a larger picture is drawn smaller. */
const LARGEST = 8192
const MARGIN = 60

/** The graph of these rows as a file: all of it, in the colours of the page. Null: the browser could not draw it. */
export async function pictureFile(
  rows: readonly Row[],
  marks: Marks,
  palette: Palette,
  form: 'svg' | 'png',
): Promise<Blob | null> {
  const parents = parentsOf(rows)
  const picture = placed(rows, parents, await layOut(parents))
  const whole = { x: -MARGIN, y: -MARGIN, width: picture.width + 2 * MARGIN, height: picture.height + 2 * MARGIN }
  const shapes = shapesIn(picture, whole, marks)
  if (form === 'svg') return new Blob([svgOf(shapes, picture, palette)], { type: 'image/svg+xml' })
  const scale = Math.min(2, LARGEST / whole.width, LARGEST / whole.height)
  const canvas = document.createElement('canvas')
  const size = { width: Math.round(whole.width * scale), height: Math.round(whole.height * scale) }
  Object.assign(canvas, size)
  const context = canvas.getContext('2d')
  if (context === null) return null
  paint(context, shapes, { camera: { x: whole.x, y: whole.y, scale }, size, density: 1, palette })
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
}
