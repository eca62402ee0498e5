import { createHash } from 'node:crypto'
import type { LinkPath } from './paths.ts'

/** Tells what LINK_MAX_AGE (ms) and LINK_PATHS said when a link was decided: 12 digits, other ones for other settings. */
export function settingsFingerprint({ maxAge, paths }: { maxAge: number; paths: readonly LinkPath[] }): string {
  return createHash('sha256')
    .update(JSON.stringify([maxAge, paths]))
    .digest('hex')
    .slice(0, 12)
}
