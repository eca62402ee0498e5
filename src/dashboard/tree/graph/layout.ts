import { hierarchy, tree } from 'd3-hierarchy'

/** Of each row of a picture the place of its parent among the rows, which comes before it; -1: it is the first. */
export type Parents = Int32Array

interface Place {
  at: number
  below: Place[]
}

/**
 * The tidy tree (Reingold and Tilford, as Buchheim et al. made it linear) of these rows: of each one how far down it stands, in rows, counted from the top.
 * Without recursion, so that a chain of 5,000 is laid out too.
 */
export function tidyTree(parents: Parents): Float64Array {
  const down = new Float64Array(parents.length)
  const places = Array.from(parents, (_, at): Place => ({ at, below: [] }))
  for (const place of places.slice(1)) places[parents[place.at] ?? -1]?.below.push(place)
  const [top] = places
  if (top === undefined) return down
  const laidOut = tree<Place>()
    .nodeSize([1, 1])
    .separation((a, b) => (a.parent === b.parent ? 1 : 1.3))(hierarchy(top, ({ below }) => below))
  let first = 0
  laidOut.each(({ data, x }) => {
    down[data.at] = x
    first = Math.min(first, x)
  })
  return down.map((each) => each - first)
}
