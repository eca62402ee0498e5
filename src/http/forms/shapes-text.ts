import type { ShapeFigures } from '../../domain/shapes/shapes.ts'
import type { ShapesPage } from '../../reading/analysis/shapes.ts'
import { columns, footText, noteText, percentilesText, percentText, type Told } from './figures-text.ts'

/** Shapes as text: a line each, with its structure last but for the newest tree. */
export function shapesText(found: ShapesPage & Told): string {
  const { data, leftOut } = found
  return [
    noteText(found),
    ...data.map(shapeText),
    data.length === 0 ? '' : '\n',
    footText(found, ['shape', 'shapes']),
    leftOut.open > 0 ? `${leftOut.open} trees are left out, because something in them runs or is stale\n` : '',
    leftOut.tooLarge > 0 ? `${leftOut.tooLarge} trees are left out, because they are too large\n` : '',
  ].join('')
}

function shapeText({ trees, failed, failureRate, durationMs, line, hash, sampleId }: ShapeFigures): string {
  return columns(
    `${trees} ${trees === 1 ? 'tree' : 'trees'}`,
    failed === 0 ? 'none failed' : `${failed} failed (${percentText(failureRate)})`,
    percentilesText(durationMs),
    line,
    hash,
    sampleId,
  )
}
