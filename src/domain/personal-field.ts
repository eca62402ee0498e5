/** The fields of an answer that hold personal data. */
export interface Personal {
  sourceUserEmail?: string | null
  payload?: unknown
  context?: unknown
  options?: unknown
  result?: unknown
  errorStack?: string | null
}

export type PersonalField = keyof Personal

export const personalFields: readonly PersonalField[] = ['sourceUserEmail', 'payload', 'context', 'options', 'result', 'errorStack']
