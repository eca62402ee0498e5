import type { Row } from './row.ts'
import { chains, invocations, invocationsPage } from './rows/lists.ts'
import { chain, tree100, tree10k, trees } from './rows/trees.ts'

/** All that is measured, in this order. */
export const rows: Row[] = [invocations, invocationsPage, chains, trees, tree100, tree10k, chain]
