import type { RawJson } from './raw-json.ts'

/** The fields of an answer that hold personal data. */
export interface Personal {
  sourceUserEmail?: string | null
  payload?: RawJson | null
  context?: RawJson | null
  options?: RawJson | null
  result?: RawJson | null
  errorStack?: string | null
}

export type PersonalField = keyof Personal

export const personalFields: readonly PersonalField[] = [
  'sourceUserEmail',
  'payload',
  'context',
  'options',
  'result',
  'errorStack',
]
