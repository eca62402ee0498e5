export interface Point {
  x: number
  y: number
}

/** A box by its middle, px. */
export interface Box extends Point {
  width: number
  height: number
}

/** An edge between two boxes, with the points that it passes on its way. */
export interface Way {
  source: string
  target: string
  between: readonly Point[]
}

/** Between the ports of a box at most, px; of many edges they stand closer. */
const APART = 6
const MARGIN = 12

/**
 * The points of each edge: from the right side of its source to the left side of its target, or the other way round if that stands to the left of it. Edges that
 * share a side stand one below the other, in the order of what they come from or lead to, so that they do not cross there.
 */
export function portsOf(ways: readonly Way[], boxes: ReadonlyMap<string, Box>): Point[][] {
  const yOf = (key: string): number => boxes.get(key)?.y ?? 0
  const offsets = (end: 'source' | 'target'): Map<Way, number> => {
    const other = end === 'source' ? 'target' : 'source'
    const beside = (way: Way): number =>
      (end === 'source' ? way.between[0]?.y : way.between.at(-1)?.y) ?? yOf(way[other])
    const keys = new Set(ways.map((way) => way[end]))
    return new Map(
      [...keys].flatMap((key) => {
        const group = ways.filter((way) => way[end] === key)
        const sorted = group.toSorted((a, b) => beside(a) - beside(b))
        const height = boxes.get(key)?.height ?? 0
        const apart = Math.min(APART, (height - 2 * APART) / Math.max(1, sorted.length - 1))
        return sorted.map((way, nth): [Way, number] => [way, (nth - (sorted.length - 1) / 2) * apart])
      }),
    )
  }
  const [leaving, arriving] = [offsets('source'), offsets('target')]
  return ways.map((way) => {
    const [source, target] = [boxes.get(way.source), boxes.get(way.target)]
    if (source === undefined || target === undefined) return []
    const forward = target.x >= source.x ? 1 : -1
    const first = { x: source.x + (forward * source.width) / 2, y: source.y + (leaving.get(way) ?? 0) }
    // What leads to itself comes back to the side that it left.
    const side = source === target ? 1 : -forward
    const last = { x: target.x + (side * target.width) / 2, y: target.y + (arriving.get(way) ?? 0) }
    return [first, ...way.between, last]
  })
}

/** Through all points, level at each of them, so that it bends without corners. */
export function curve([first, ...rest]: readonly Point[]): string {
  if (first === undefined) return ''
  let from = first
  return `M${at(first)}${rest
    .map((to) => {
      const middle = (from.x + to.x) / 2
      const part = `C${at({ x: middle, y: from.y })} ${at({ x: middle, y: to.y })} ${at(to)}`
      from = to
      return part
    })
    .join('')}`
}

/** What holds all boxes and lines: dagre's own width and height are those of the boxes, and its lines may stand outside. */
export function boundsOf(
  boxes: readonly Box[],
  lines: ReadonlyArray<readonly Point[]>,
): { x: number; y: number; width: number; height: number } {
  const points = lines.flat()
  const xs = [...boxes.flatMap(({ x, width }) => [x - width / 2, x + width / 2]), ...points.map(({ x }) => x)]
  const ys = [...boxes.flatMap(({ y, height }) => [y - height / 2, y + height / 2]), ...points.map(({ y }) => y)]
  const [left, top] = [Math.min(...xs) - MARGIN, Math.min(...ys) - MARGIN]
  return { x: left, y: top, width: Math.max(...xs) + MARGIN - left, height: Math.max(...ys) + MARGIN - top }
}

function at({ x, y }: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`
}
