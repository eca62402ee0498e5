import type { Row } from '../model/rows.ts'
import type { Box, Size } from './camera.ts'
import type { Parents } from './layout.ts'

/** Pixels of the picture. */
export const BOX: Size = { width: 212, height: 38 }
const COLUMN = BOX.width + 56
const LINE = BOX.height + 10

/** The rows of a tree with their places in the picture: a column a level, from left to right. */
export interface Placed extends Size {
  readonly rows: readonly Row[]
  readonly parents: Parents
  readonly boxes: readonly Box[]
  /** The places in `rows` of what stands in a column, from the top down. What is below it comes in the same order, for no two branches of a tidy tree cross. */
  readonly columns: ReadonlyArray<readonly number[]>
}

/** Of each row the place of its parent among the rows. */
export function parentsOf(rows: readonly Row[]): Parents {
  const places = new Map<number, number>()
  return Int32Array.from(rows, (row, at) => {
    if (row.kind !== 'step') return places.get(row.parent.index) ?? -1
    places.set(row.step.index, at)
    return at === 0 ? -1 : (places.get(row.step.parent) ?? -1)
  })
}

/** `down`: how far down each row stands, in rows (see tidyTree). */
export function placed(rows: readonly Row[], parents: Parents, down: Float64Array): Placed {
  const levels = new Int32Array(rows.length)
  const columns: number[][] = []
  const boxes = rows.map((_, at) => {
    const parent = parents[at] ?? -1
    const level = parent === -1 ? 0 : (levels[parent] ?? 0) + 1
    levels[at] = level
    ;(columns[level] ??= []).push(at)
    return { x: level * COLUMN, y: (down[at] ?? 0) * LINE, ...BOX }
  })
  const height = boxes.reduce((most, { y }) => Math.max(most, y), 0) + BOX.height
  return { rows, parents, boxes, columns, width: columns.length * COLUMN - (COLUMN - BOX.width), height }
}

/** The places of the rows whose box is in view, and of those whose link to their parent may be. */
export function inView({ parents, boxes, columns }: Placed, view: Box): { boxes: number[]; links: number[] } {
  const top = view.y
  const bottom = view.y + view.height
  const first = Math.max(0, Math.floor((view.x - BOX.width) / COLUMN))
  const last = Math.min(columns.length - 1, Math.floor((view.x + view.width) / COLUMN) + 1)
  const found: { boxes: number[]; links: number[] } = { boxes: [], links: [] }
  const yOf = (at: number | undefined): number => boxes[at ?? -1]?.y ?? 0
  for (let level = first; level <= last; level++) {
    const column = columns[level] ?? []
    found.boxes.push(
      ...between(
        column,
        (at) => yOf(at) + BOX.height >= top,
        (at) => yOf(at) > bottom,
      ),
    )
    if (level === 0) continue
    const links = between(
      column,
      (at) => Math.max(yOf(at), yOf(parents[at])) + BOX.height >= top,
      (at) => Math.min(yOf(at), yOf(parents[at])) > bottom,
    )
    found.links.push(...links)
  }
  return found
}

/** The place of the row whose box holds a point of the picture. */
export function rowAt({ boxes, columns }: Placed, x: number, y: number): number | undefined {
  const column = columns[Math.floor(x / COLUMN)] ?? []
  const at = column[firstThat(column, (each) => (boxes[each]?.y ?? 0) + BOX.height >= y)]
  const box = boxes[at ?? -1]
  return box !== undefined && x >= box.x && x <= box.x + box.width && y >= box.y ? at : undefined
}

/** The part of a list from the first that holds one condition to the first that holds the other; each stays true once it is. */
function between<T>(list: readonly T[], begins: (item: T) => boolean, ends: (item: T) => boolean): T[] {
  return list.slice(firstThat(list, begins), firstThat(list, ends))
}

/** By halves, so that a level of 10,000 takes 14 looks. */
function firstThat<T>(list: readonly T[], holds: (item: T) => boolean): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(list[middle] as T)) high = middle
    else low = middle + 1
  }
  return low
}
