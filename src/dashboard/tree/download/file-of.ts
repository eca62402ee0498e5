import { answerOf, client } from '../../ask/client.ts'
import type { Control } from '../control/use-control.ts'
import { textLines } from '../text/text-lines.ts'
import type { TimeAxis } from '../waterfall/time-axis.ts'

/** Each form in which a tree can be saved: its words, and the ending of the file. */
export const forms = {
  json: ['JSON', 'json'],
  text: ['Text', 'txt'],
  mermaid: ['Mermaid', 'mmd'],
  'waterfall-svg': ['Waterfall, SVG', 'waterfall.svg'],
  'waterfall-png': ['Waterfall, PNG', 'waterfall.png'],
  'graph-svg': ['Graph, SVG', 'graph.svg'],
  'graph-png': ['Graph, PNG', 'graph.png'],
} as const
export type Form = keyof typeof forms

/** What the pictures are made of: the rows as they are folded now, the time that they span (null: no step has a time), and until when what runs lasts. */
export interface Shown {
  control: Control
  time: TimeAxis | null
  critical: ReadonlySet<string>
  now: number
}

/** A tree as a file: from the service what is JSON or Mermaid, and of what is shown the rest. Null: this browser cannot make it. */
export async function fileOf(form: Form, shown: Shown): Promise<Blob | null> {
  const { top, rows, steps } = shown.control
  if (form === 'json') return blob(JSON.stringify(await ask(top.id), null, 2), 'application/json')
  if (form === 'mermaid') return blob(await askMermaid(top.id), 'text/vnd.mermaid')
  if (form === 'text') return blob(`${textLines(steps, rows, shown.now).join('\n')}\n`, 'text/plain')
  return form.startsWith('waterfall') ? waterfall(form.endsWith('png'), shown) : graph(form.endsWith('png'), shown)
}

async function waterfall(png: boolean, { control: { rows, top }, time }: Shown): Promise<Blob | null> {
  if (time === null) return null
  const [{ waterfallSvg }, { readPalette }] = await Promise.all([
    import('./waterfall-svg.ts'),
    import('../graph/read-palette.ts'),
  ])
  const svg = waterfallSvg(rows, top.depth, time, readPalette(document.body))
  if (!png) return blob(svg, 'image/svg+xml')
  const { pngOf } = await import('./png.ts')
  return pngOf(svg)
}

async function graph(png: boolean, { control, critical, now }: Shown): Promise<Blob | null> {
  const [{ pictureFile }, { readPalette }] = await Promise.all([
    import('./graph-picture.ts'),
    import('../graph/read-palette.ts'),
  ])
  const { rows, selected, foundSteps: found, closed } = control
  const marks = { selected: selected.id, critical, found, closed, now }
  return pictureFile(rows, marks, readPalette(document.body), png ? 'png' : 'svg')
}

function blob(text: string, type: string): Blob {
  return new Blob([text], { type })
}

function ask(id: string): Promise<unknown> {
  return answerOf(client.GET('/trees/{id}', { params: { path: { id }, query: { shape: 'flat' } } }))
}

function askMermaid(id: string): Promise<string> {
  const query = { format: 'mermaid' as const }
  return answerOf(client.GET('/trees/{id}', { params: { path: { id }, query }, parseAs: 'text' }))
}
