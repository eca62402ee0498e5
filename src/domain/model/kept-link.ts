import type { ColumnsOf } from '../fields.ts'
import { instant } from '../instant.ts'
import type { KeptState } from '../link/kept.ts'

/** What is kept of the link of an invocation, as the query reads it. */
export interface KeptLinkRow {
  /** Of the invocation. */
  id: string
  createdAt: string
  jobId: string
  state: KeptState
  ruleVersion: number
  decidedAt: string
  /** The transaction that wrote the row last, and when it was decided. */
  version: string
}

/** The same as it is answered. */
export function keptLink({ id, createdAt, jobId, state, ruleVersion, decidedAt }: KeptLinkRow) {
  return {
    invocationId: id,
    createdAt: instant(createdAt),
    jobId,
    state,
    ruleVersion,
    decidedAt: instant(decidedAt),
  }
}

export type KeptLink = ReturnType<typeof keptLink>

/** The columns of which each field of it is made. */
export const columnsOfKeptLink = {
  invocationId: ['id'],
  createdAt: ['createdAt'],
  jobId: ['jobId'],
  state: ['state'],
  ruleVersion: ['ruleVersion'],
  decidedAt: ['decidedAt'],
} as const satisfies ColumnsOf<keyof KeptLinkRow>
