import type { OpenSnapshot } from '../db/db.ts'

/** Opens a snapshot whose statements may take so many ms each. */
export interface Opening {
  open(statementTimeout: number): Promise<OpenSnapshot>
}
