import { createHash } from 'node:crypto'
import { hashOf } from './personal-keys.ts'
import type { SearchSettings } from './settings.ts'

/** Counts up whenever the index would hold something else of the same payloads: it is then made again. */
const VERSION = 1

/** Tells how an index was made: 16 digits, other ones for other SEARCH_PATHS, SEARCH_KEYS, or another key of hashes. */
export function indexSettings({ recordPaths, personal }: SearchSettings): string {
  const keys = personal && [personal.paths, hashOf('index', personal)]
  return createHash('sha256')
    .update(JSON.stringify([VERSION, recordPaths, keys ?? null]))
    .digest('hex')
    .slice(0, 16)
}
