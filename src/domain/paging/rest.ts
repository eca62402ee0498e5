import type { Position } from './cursor.ts'

/** Where what an answer leaves out is to be found: the rest of a list in ascending order, after a position (null: all of it), or a tree of its own. */
export type Rest =
  | { of: 'jobs'; invocationId: string; after: Position | null }
  | { of: 'triggered'; jobId: string; after: Position | null }
  | { of: 'tree'; id: string }
