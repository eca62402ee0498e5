import { moreText } from '../text/text-lines.ts'
import type { Row } from '../model/rows.ts'
import type { Step } from '../model/step.ts'
import { endOf } from '../waterfall/bars.ts'
import { count, duration, percent } from '../../format/numbers.ts'
import { cut } from '../../format/text.ts'
import { toneOf } from '../model/tone.ts'
import type { Box } from './camera.ts'
import type { BoxTone } from './palette.ts'
import { inView, type Placed } from './placed.ts'

/** A box of the picture. */
export interface BoxShape extends Box {
  readonly tone: BoxTone
  /** Jobs have round ends. */
  readonly round: boolean
  readonly title: string
  readonly note: string
  readonly selected: boolean
  readonly critical: boolean
  readonly found: boolean
  /** How many steps are folded away below it. */
  readonly folded: number
}

/** A line of the picture, from the right side of a box to the left side of another. */
export interface LinkShape {
  readonly from: Point
  readonly to: Point
  readonly tone: 'plain' | 'failed' | 'critical'
  /** A link that was lost, so that nothing stands at its beginning, or to what did not run. */
  readonly dashed: boolean
}

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Shapes {
  readonly boxes: readonly BoxShape[]
  readonly links: readonly LinkShape[]
}

/** What is marked in the picture: steps by their ids, those that were found by their index. */
export interface Marks {
  readonly selected: string | undefined
  readonly critical: ReadonlySet<string>
  readonly found: ReadonlySet<number>
  readonly closed: ReadonlySet<string>
  readonly now: number
}

/** What is drawn of the part of a picture that is in view. */
export function shapesIn(picture: Placed, view: Box, marks: Marks): Shapes {
  const { boxes, links } = inView(picture, view)
  const lost = lostLink(picture)
  return {
    boxes: boxes.flatMap((at) => boxShape(picture, at, marks) ?? []),
    links: links.flatMap((at) => linkShape(picture, at, marks) ?? []).concat(lost ?? []),
  }
}

/** Of a box that is no step. */
const plain = { round: true, note: '', selected: false, critical: false, found: false, folded: 0 }

function boxShape({ rows, boxes }: Placed, at: number, marks: Marks): BoxShape | undefined {
  const row = rows[at]
  const box = boxes[at]
  if (row === undefined || box === undefined) return undefined
  if (row.kind === 'more') return { ...box, ...plain, tone: 'more', title: `+ ${count(row.hidden)} more` }
  if (row.kind === 'rest')
    return { ...box, ...plain, tone: 'more', title: cut(moreText(row.more), 29), note: 'not read yet' }
  if (row.kind === 'missing') {
    const { kind, name, confidence } = row.missing
    const note = `did not run; follows ${percent(confidence)}`
    return { ...box, ...plain, tone: 'missing', round: kind === 'job', title: cut(name, 29), note }
  }
  const { step } = row
  return {
    ...box,
    tone: toneOf(step),
    round: step.kind === 'job',
    title: cut(step.name, 29),
    note: noteOf(step, marks.now),
    selected: step.id === marks.selected,
    critical: marks.critical.has(step.id),
    found: marks.found.has(step.index),
    folded: marks.closed.has(step.id) ? step.end - step.index - 1 : 0,
  }
}

function linkShape({ rows, boxes, parents }: Placed, at: number, { critical }: Marks): LinkShape | undefined {
  const row = rows[at]
  const from = boxes[parents[at] ?? -1]
  const to = boxes[at]
  if (row === undefined || from === undefined || to === undefined) return undefined
  return {
    from: { x: from.x + from.width, y: from.y + from.height / 2 },
    to: { x: to.x, y: to.y + to.height / 2 },
    tone: toneOfLink(row, critical),
    dashed: row.kind === 'missing',
  }
}

/** The way to what failed is red; beside it, what decided when the tree ended. */
function toneOfLink(row: Row, critical: ReadonlySet<string>): LinkShape['tone'] {
  if (row.kind !== 'step') return 'plain'
  if (row.step.failures > 0) return 'failed'
  return critical.has(row.step.id) ? 'critical' : 'plain'
}

/** A dashed line that comes from nowhere, if rows name a job above the tree that is not there. */
function lostLink({ rows, boxes }: Placed): LinkShape | undefined {
  const [row] = rows
  const [box] = boxes
  if (row?.kind !== 'step' || box === undefined || !isLost(row.step)) return undefined
  const to = { x: box.x, y: box.y + box.height / 2 }
  return { from: { x: to.x - 44, y: to.y }, to, tone: 'plain', dashed: true }
}

function isLost({ link }: Step): boolean {
  return link !== null && link !== 'none' && link !== 'unknown'
}

function noteOf(step: Step, now: number): string {
  const end = endOf(step, now)
  const parts = [
    step.crashedIn === null ? (step.stale ? 'stale' : step.status) : 'crashed',
    step.startMs === null || end === null ? '' : duration(end - step.startMs),
    step.more === null ? '' : moreText(step.more),
  ]
  return cut(parts.filter((part) => part !== '').join(' · '), 36)
}
