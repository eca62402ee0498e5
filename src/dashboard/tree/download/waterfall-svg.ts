import { duration } from '../../format/numbers.ts'
import { cut } from '../../format/text.ts'
import type { Palette } from '../graph/palette.ts'
import { escaped } from '../graph/svg.ts'
import type { Row } from '../model/rows.ts'
import type { Step } from '../model/step.ts'
import { toneOf } from '../model/tone.ts'
import { missingText, moreText, stateText } from '../text/text-lines.ts'
import { barsOf, placeOf, type Place } from '../waterfall/bars.ts'
import { ticksOf } from '../waterfall/ticks.ts'
import type { TimeAxis } from '../waterfall/time-axis.ts'
import { timeText } from '../waterfall/time-text.ts'

/** Pixels. */
const WIDTH = 1280
const NAMES = 440
const LINE = 24
const HEAD = 34
const MARGIN = 16
const INDENT = 12
/** Deeper levels are indented no further. */
const INDENTED = 14
/** To the right of the last bar, for its time. */
const BARS = WIDTH - NAMES - 2 * MARGIN - 70

/** The waterfall of these rows as a document of SVG, with its colours in it; `top`: the depth of the first row. */
export function waterfallSvg(rows: readonly Row[], top: number, axis: TimeAxis, palette: Palette): string {
  const height = HEAD + rows.length * LINE + MARGIN
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<defs><pattern id="wait" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0v5" stroke="${palette.quiet}"/></pattern></defs>`,
    `<rect width="100%" height="100%" fill="${palette.paper}"/>`,
    ...ticks(axis, height, palette),
    ...rows.map((row, at) => line(row, HEAD + at * LINE, top, axis, palette)),
    '</svg>\n',
  ].join('\n')
}

function ticks({ span }: TimeAxis, height: number, { line, quiet }: Palette): string[] {
  const length = span.to - span.from
  return ticksOf(length, 6).map((tick) => {
    const x = xOf(length > 0 ? tick / length : 0)
    return `<path d="M${x} ${HEAD - 20}V${height - MARGIN}" stroke="${line}" stroke-opacity="0.4"/><text x="${x + 4}" y="${HEAD - 10}" fill="${quiet}">${duration(tick)}</text>`
  })
}

function line(row: Row, y: number, top: number, axis: TimeAxis, palette: Palette): string {
  if (row.kind === 'step') return `${name(row.step, y, top, palette)}${bars(row.step, y, axis, palette)}`
  const x = indented(row.parent.depth + 1 - top)
  const text =
    row.kind === 'missing'
      ? missingText(row.missing)
      : row.kind === 'rest'
        ? moreText(row.more)
        : `+ ${row.hidden} more`
  return `<text x="${x + 14}" y="${y + 16}" fill="${row.kind === 'missing' ? palette.failedLine : palette.quiet}">${escaped(text)}</text>`
}

function name(step: Step, y: number, top: number, palette: Palette): string {
  const x = indented(step.depth - top)
  // About 6.6 px a letter, for nothing measures them here.
  const room = Math.floor((MARGIN + NAMES - x - 14) / 6.6)
  const state = step.failed || step.stale || step.running ? `  ${stateText(step)}` : ''
  const colour = palette.edges[toneOf(step)]
  const mark =
    step.kind === 'job'
      ? `<circle cx="${x + 4}" cy="${y + 12}" r="4" fill="${colour}"/>`
      : `<rect x="${x}" y="${y + 8}" width="8" height="8" rx="2" fill="none" stroke="${colour}" stroke-width="2"/>`
  const title = cut(`${step.name}${state}`, room)
  return `${mark}<text x="${x + 14}" y="${y + 16}" fill="${step.failed ? palette.failedLine : palette.text}">${escaped(title)}</text>`
}

function bars(step: Step, y: number, axis: TimeAxis, palette: Palette): string {
  const { wait, work, unended } = barsOf(step, axis.span, axis.now)
  const parts = axis.critical.get(step.id) ?? []
  const rect = (place: Place, top: number, height: number, look: string): string =>
    `<rect x="${xOf(place.left)}" y="${y + top}" width="${Math.max(2, place.width * BARS).toFixed(1)}" height="${height}" ${look}/>`
  return [
    wait && rect(wait, 8, 8, `fill="url(#wait)" stroke="${palette.quiet}" stroke-opacity="0.6"`),
    work &&
      rect(
        work,
        6,
        12,
        `rx="3" fill="${palette.edges[toneOf(step)]}"${unended ? ' fill-opacity="0.4" stroke-dasharray="3 2"' : ''}`,
      ),
    ...parts.map(({ kind, from, to }) => {
      const place = placeOf({ from, to }, axis.span)
      const dashes = kind === 'waiting' ? ' stroke-dasharray="3 2"' : ''
      if (place === null) return null
      const [left, right] = [xOf(place.left), xOf(place.left + place.width)]
      return `<path d="M${left} ${y + 20.5}H${right}" stroke="${palette.critical}" stroke-width="3"${dashes}/>`
    }),
    work &&
      `<text x="${xOf(work.left + work.width) + 6}" y="${y + 16}" font-size="11" fill="${palette.quiet}">${timeText(step, axis.now)}</text>`,
  ]
    .filter((part) => part !== null)
    .join('')
}

function indented(levels: number): number {
  return MARGIN + Math.min(levels, INDENTED) * INDENT
}

/** Of a fraction of the axis. */
function xOf(left: number): number {
  return Math.round((MARGIN + NAMES + left * BARS) * 10) / 10
}
