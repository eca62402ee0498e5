import type { Verbatim } from './verbatim.ts'

/** The fields of an answer that hold personal data. */
export interface Personal {
  sourceUserEmail?: string | null
  payload?: Verbatim | null
  context?: Verbatim | null
  options?: Verbatim | null
  result?: Verbatim | null
  errorStack?: string | null
}

export type PersonalField = keyof Personal

export const personalFields: readonly PersonalField[] = ['sourceUserEmail', 'payload', 'context', 'options', 'result', 'errorStack']
