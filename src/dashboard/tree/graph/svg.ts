import { count } from '../../format/numbers.ts'
import type { Size } from './camera.ts'
import type { Palette } from './palette.ts'
import type { BoxShape, LinkShape, Shapes } from './shapes.ts'

const MARGIN = 60

/** A picture as a document of SVG, with its colours in it. */
export function svgOf({ boxes, links }: Shapes, { width, height }: Size, palette: Palette): string {
  const box = `${-MARGIN} ${-MARGIN} ${width + 2 * MARGIN} ${height + 2 * MARGIN}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" width="${width + 2 * MARGIN}" height="${height + 2 * MARGIN}" font-family="system-ui, sans-serif">`,
    `<rect x="${-MARGIN}" y="${-MARGIN}" width="100%" height="100%" fill="${palette.paper}"/>`,
    ...links.map((link) => linkText(link, palette)),
    ...boxes.map((each) => boxText(each, palette)),
    '</svg>\n',
  ].join('\n')
}

function linkText({ from, to, tone, dashed }: LinkShape, { line, failedLine, critical }: Palette): string {
  const middle = (from.x + to.x) / 2
  const colour = { plain: line, failed: failedLine, critical }[tone]
  const dash = dashed ? ' stroke-dasharray="6 5"' : ''
  return `<path d="M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}" fill="none" stroke="${colour}" stroke-width="${tone === 'plain' ? 1.25 : 2}"${dash}/>`
}

function boxText(box: BoxShape, palette: Palette): string {
  const { x, y, width, height, tone, round, title, note, folded } = box
  const edge = box.selected ? palette.selected : box.critical ? palette.critical : palette.edges[tone]
  const marked = box.selected || box.critical
  const words = folded > 0 ? `${note} · ▸ ${count(folded)} below` : note
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${round ? height / 2 : 6}" fill="${palette.fills[tone]}" stroke="${edge}" stroke-width="${marked ? 2.5 : 1.25}"${tone === 'stale' || tone === 'missing' ? ' stroke-dasharray="5 4"' : ''}/>`,
    `<text x="${x + 14}" y="${y + (words === '' ? 23 : 16)}" font-size="12" font-weight="600" fill="${palette.text}">${escaped(title)}</text>`,
    ...(words === ''
      ? []
      : [`<text x="${x + 14}" y="${y + 30}" font-size="11" fill="${palette.quiet}">${escaped(words)}</text>`]),
  ].join('')
}

/** XML takes no control characters at all. */
export function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
