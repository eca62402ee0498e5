import { createHash } from 'node:crypto'
import { MigrationError } from './error.ts'

/** A SELECT on the catalogue with a row for each thing that is missing or in the way; no row: all is well. */
export interface Probe {
  /**
   * (what) needed: the service cannot answer without it (tables, columns). (what) wanted: see `without` (indexes, constraints, what only a writer needs).
   * (what, served) refused: why no migration may run; served: the service may answer nonetheless.
   * (what, owner) untrusted: what belongs to a role that is not trusted, and would run with the rights of the role that migrates.
   */
  kind: (typeof KINDS)[number]
  select: string
}

const KINDS = ['needed', 'wanted', 'refused', 'untrusted'] as const

/** One migration file, understood. */
export interface Script {
  file: string
  /** The whole file, lines ending in LF. */
  text: string
  /** sha256 of `text`, so that a checkout with CRLF has the same one. */
  checksum: string
  /** Header `-- earlier checksum: …`, one a line: of versions of this file that some databases have on record. */
  earlier: string[]
  /** false (header `-- transaction: none`): the statements run one by one, outside a transaction. */
  transaction: boolean
  /** Header `-- breaking`: a build that does not know this migration must not serve its database. */
  breaking: boolean
  /** Header `-- removes: …`, one a line: what this migration takes away again, in the words of an earlier probe. */
  removes: string[]
  /** Header `-- without: …`: what cannot be done where something wanted is missing; undefined: the tables are laxer. (Without an index answers are slow.) */
  without: string | undefined
  /** The text cut at its `-- next` lines. */
  statements: string[]
  probes: Probe[]
  /** Of a _down file, between `-- guard` and `-- end guard`: the statement that raises while the file must not run. */
  guard: string | undefined
}

/** Understands the text of a migration file. Throws MigrationError on a header that means nothing. */
export function parseScript(file: string, raw: string): Script {
  const text = raw.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
  const header = /^(?:--.*\n|\s*\n)*/.exec(text)?.[0] ?? ''
  const transaction = /^-- transaction: *(.*?) *$/m.exec(header)?.[1]
  if (transaction !== undefined && transaction !== 'none') {
    throw new MigrationError(
      `${file} says "-- transaction: ${transaction}"; allowed is none, or no such line for one transaction`,
    )
  }
  return {
    file,
    text,
    checksum: createHash('sha256').update(text).digest('hex'),
    earlier: [...header.matchAll(/^-- earlier checksum: *(.*?) *$/gm)].map(([, checksum]) => checksum ?? ''),
    transaction: transaction === undefined,
    breaking: /^-- breaking *$/m.test(header),
    removes: [...header.matchAll(/^-- removes: *(.*?) *$/gm)].map(([, what]) => what ?? ''),
    without: /^-- without: *(.*?) *$/m.exec(header)?.[1],
    statements: text.split(/^-- next *$/m).filter((part) => /^(?!--)\s*\S/m.test(part)),
    probes: probesOf(file, text),
    guard: guardOf(file, text),
  }
}

function probesOf(file: string, text: string): Probe[] {
  const begun = text.match(/^ *-- probe\b.*$/gm)?.length ?? 0
  const found = [...text.matchAll(/^ *-- probe (\w+) *\n([\s\S]*?)^ *-- end probe *$/gm)].filter(([, kind]) =>
    isKind(kind),
  )
  if (found.length !== begun) {
    throw new MigrationError(
      `${file} has a probe that is not written as "-- probe" and one of ${KINDS.join(', ')}, a SELECT, "-- end probe"`,
    )
  }
  return found.map(([, kind, select]) => ({ kind: kind as Probe['kind'], select: select ?? '' }))
}

function isKind(kind: string | undefined): kind is Probe['kind'] {
  return KINDS.some((known) => known === kind)
}

function guardOf(file: string, text: string): string | undefined {
  const found = /^-- guard *\n([\s\S]*?)^-- end guard *$/m.exec(text)
  // A misspelt one must not pass for none: what it guards would be destroyed.
  if (found === null && /^ *-- *(?:end )?guard\b/im.test(text))
    throw new MigrationError(`${file} has a guard that is not written as "-- guard", a statement, "-- end guard"`)
  return found?.[1]
}
