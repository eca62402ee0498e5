import { createLog } from '../../src/log.ts'

/** One line of the service's log. */
export interface Line {
  level: number
  msg: string
  requestId?: string
  method?: string
  route?: string
  status?: number
  ms?: number
  rows?: number
  err?: Record<string, unknown>
  /** How many requests were refused, or connections closed. */
  refused?: number
  dropped?: number
  stalled?: number
  replaced?: number
  /** The name of the key with which it was asked. */
  key?: string
  /** Which personal data it gave. */
  personal?: string[]
}

/** A log of the service that is kept instead of written. */
export function memoryLog() {
  const text: string[] = []
  const lines = (): Line[] => text.map((line) => JSON.parse(line) as Line)
  return {
    log: createLog('info', false, { write: (line) => text.push(line) }),
    lines,
    requests: () => lines().filter(({ msg }) => msg === 'request'),
    text: () => text.join(''),
  }
}
