import { count } from '../../format/numbers.ts'
import type { Camera, Size } from './camera.ts'
import type { Palette } from './palette.ts'
import type { BoxShape, LinkShape, Shapes } from './shapes.ts'

/** Below these scales a box is too small for its words, and for its round corners. */
const READABLE = 0.45
const NOTES = 0.6
const CORNERS = 0.25
export const FONT = 'system-ui, sans-serif'

/** Draws what is in view. What looks the same is one path, so that 2,000 boxes take a few calls. `density`: pixels of the screen per CSS pixel. */
export function paint(
  context: CanvasRenderingContext2D,
  shapes: Shapes,
  { camera, size, density, palette }: { camera: Camera; size: Size; density: number; palette: Palette },
): void {
  context.setTransform(density, 0, 0, density, 0, 0)
  context.fillStyle = palette.paper
  context.fillRect(0, 0, size.width, size.height)
  const scale = camera.scale * density
  context.setTransform(scale, 0, 0, scale, -camera.x * scale, -camera.y * scale)
  paintLinks(context, shapes.links, camera.scale, palette)
  paintBoxes(context, shapes.boxes, camera.scale, palette)
  if (camera.scale >= READABLE) paintWords(context, shapes.boxes, camera.scale, palette)
}

function paintLinks(context: CanvasRenderingContext2D, links: readonly LinkShape[], scale: number, palette: Palette) {
  const colours = { plain: palette.line, critical: palette.critical, failed: palette.failedLine }
  for (const [key, alike] of groupedBy(links, ({ tone, dashed }) => `${tone}${dashed ? ' dashed' : ''}`)) {
    const { tone, dashed } = alike[0] as LinkShape
    context.beginPath()
    for (const { from, to } of alike) {
      const middle = (from.x + to.x) / 2
      context.moveTo(from.x, from.y)
      context.bezierCurveTo(middle, from.y, middle, to.y, to.x, to.y)
    }
    context.setLineDash(key.endsWith('dashed') || dashed ? [6, 5] : [])
    context.lineWidth = (tone === 'plain' ? 1.25 : 2) / Math.min(1, Math.max(scale, 0.4))
    context.strokeStyle = colours[tone]
    context.stroke()
  }
  context.setLineDash([])
}

function paintBoxes(context: CanvasRenderingContext2D, boxes: readonly BoxShape[], scale: number, palette: Palette) {
  for (const [tone, alike] of groupedBy(boxes, (box) => box.tone)) {
    outline(context, alike, scale)
    context.fillStyle = palette.fills[tone]
    context.fill()
    context.lineWidth = 1.25
    context.strokeStyle = palette.edges[tone]
    if (tone === 'stale' || tone === 'missing') context.setLineDash([5, 4])
    if (scale >= CORNERS) context.stroke()
    context.setLineDash([])
  }
  for (const [colour, alike] of [
    [palette.critical, boxes.filter(({ critical }) => critical)],
    [palette.found, boxes.filter(({ found }) => found)],
    [palette.selected, boxes.filter(({ selected }) => selected)],
  ] as const) {
    outline(context, alike, scale)
    context.lineWidth = 2.5 / Math.min(1, Math.max(scale, 0.25))
    context.strokeStyle = colour
    context.stroke()
  }
}

function outline(context: CanvasRenderingContext2D, boxes: readonly BoxShape[], scale: number): void {
  context.beginPath()
  for (const { x, y, width, height, round } of boxes)
    if (scale < CORNERS) context.rect(x, y, width, height)
    else context.roundRect(x, y, width, height, round ? height / 2 : 6)
}

function paintWords(context: CanvasRenderingContext2D, boxes: readonly BoxShape[], scale: number, palette: Palette) {
  context.textBaseline = 'alphabetic'
  context.fillStyle = palette.text
  context.font = `600 12px ${FONT}`
  const noted = scale >= NOTES
  for (const { x, y, title, note } of boxes) context.fillText(title, x + 14, y + (noted && note !== '' ? 16 : 23), 186)
  if (!noted) return
  context.fillStyle = palette.quiet
  context.font = `11px ${FONT}`
  for (const { x, y, note, folded } of boxes)
    context.fillText(folded > 0 ? `${note} · ▸ ${count(folded)} below` : note, x + 14, y + 30, 186)
}

function groupedBy<T, K>(list: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of list) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
