import type { Row } from './row.ts'
import { answers } from './rows/answers.ts'
import { criticalPath, treeFailures } from './rows/findings.ts'
import { search, traces } from './rows/jaeger.ts'
import { chains, invocations, invocationsPage } from './rows/lists.ts'
import { links } from './rows/links.ts'
import { mend } from './rows/mend.ts'
import { metrics } from './rows/metrics.ts'
import { overlay } from './rows/overlay.ts'
import { page1000, scale } from './rows/pages.ts'
import { searches } from './rows/search.ts'
import { start } from './rows/start.ts'
import { tree100k } from './rows/stream.ts'
import { chain, tree10, tree100, tree10k, tree10Lines, trees } from './rows/trees.ts'
import { write } from './rows/write.ts'

/** All that is measured, in this order. */
export const rows: Row[] = [
  invocations,
  invocationsPage,
  chains,
  page1000,
  scale,
  trees,
  tree10,
  tree10Lines,
  tree100,
  tree10k,
  tree100k,
  chain,
  criticalPath,
  treeFailures,
  ...traces,
  search,
  metrics,
  ...searches,
  ...answers,
  ...overlay,
  start,
  write,
  links,
  mend,
]
