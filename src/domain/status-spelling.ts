import { knownStatuses, type Statuses } from './model/status.ts'

/** Other words for those by which the service tells how a run ended. */
const meanings: ReadonlyArray<[word: string, others: RegExp]> = [
  ['failed', /^(fail|failure|error|errored|crash|crashed)$/],
  ['completed', /^(complete|success|succeeded|successful|done|finished|ok)$/],
  ['running', /^(in_progress|started|active)$/],
]

/** Words that a table holds: those that mean a known one in other spelling, with that one, and those that say nothing. */
export interface ForeignStatuses {
  respelled: ReadonlyArray<{ held: string; known: string }>
  unknown: readonly string[]
}

/** Sorts the words that are none of the writers'. */
export function foreignStatuses(table: keyof Statuses, held: readonly string[]): ForeignStatuses {
  const foreign = held.filter((word) => !knownStatuses[table].includes(word))
  const meant = foreign.map((word) => ({ held: word, known: meaningOf(table, word) }))
  return {
    respelled: meant.flatMap(({ held: word, known }) => (known === undefined ? [] : [{ held: word, known }])),
    unknown: meant.flatMap(({ held: word, known }) => (known === undefined ? [word] : [])),
  }
}

function meaningOf(table: keyof Statuses, word: string): string | undefined {
  const plain = word
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
  if (knownStatuses[table].includes(plain)) return plain
  return meanings.find(([known, others]) => knownStatuses[table].includes(known) && others.test(plain))?.[0]
}
