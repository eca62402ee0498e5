import { createHmac } from 'node:crypto'
import type { RecordPath } from './record-path.ts'

/** Where payloads hold what a person is known by, such as an e-mail address, and the key of the hashes that are kept of it. */
export interface PersonalKeys {
  paths: readonly RecordPath[]
  hashKey: Buffer
}

/** What is kept of a personal key, and compared: its keyed hash (HMAC-SHA-256, RFC 2104), 43 digits of base64url, the same in whatever case it is written and with spaces around it. */
export function hashOf(value: string, { hashKey }: Pick<PersonalKeys, 'hashKey'>): string {
  return createHmac('sha256', hashKey).update(value.trim().normalize('NFKC').toLowerCase()).digest('base64url')
}
