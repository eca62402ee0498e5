import { linkPathsOf, type LinkPath } from '../link/paths.ts'

/** Where a payload holds the id of a record: one path, or the paths of the parts of a key, whose values are joined by colons. */
export type RecordPath = readonly LinkPath[]

export const RECORD_PATHS_ALLOWED =
  'up to 20 paths in the payload such as event.data.new.id, with commas between; + joins the parts of a key, as in event.data.new.tenant+event.data.new.id'

const MAX_PATHS = 20

/** The paths of SEARCH_PATHS; undefined where one of them is malformed. */
export function recordPathsOf(text: string): RecordPath[] | undefined {
  const paths = text.split(',').map((path) => linkPathsOf(path.split('+').join(',')))
  return paths.length <= MAX_PATHS && paths.every((path) => path !== undefined) ? paths : undefined
}
