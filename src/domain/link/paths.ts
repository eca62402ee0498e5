/** The steps from the top of a payload to a value: keys of objects, and places in arrays (from 0). */
export type LinkPath = readonly string[]

const MAX_PATHS = 20
const MAX_STEPS = 32
// No wildcards, and no [ and ]: whoever writes lines[0].job means another language of paths.
const STEP = /^[^*[\]{}"\\\s]+$/

export const LINK_PATHS_ALLOWED = `up to ${MAX_PATHS} paths in the payload such as event.data.new.modified_by, with commas between: keys (or places in arrays) with dots between`

/** The paths of LINK_PATHS, separated by commas; undefined where one of them is malformed. None where it is unset. */
export function linkPathsOf(text: string | undefined): LinkPath[] | undefined {
  if (text === undefined) return []
  const paths = text.split(',').map((path) => path.trim().split('.'))
  const right = paths.every((path) => path.length <= MAX_STEPS && path.every((step) => STEP.test(step)))
  return right && paths.length <= MAX_PATHS ? paths : undefined
}
