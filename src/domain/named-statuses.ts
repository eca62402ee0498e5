import { knownStatuses, type Statuses } from './model/status.ts'
import type { ColumnRow } from './schema.ts'

/** What a filter on a status may name: the words that the writers use, and those that a CHECK or an enum of this database names. */
export function statusesOf(rows: readonly ColumnRow[]): Statuses {
  const of = (table: keyof Statuses): string[] => {
    const column = rows.find((row) => row.table === table && row.column === 'status')
    return [
      ...new Set([...knownStatuses[table], ...(column?.labels ?? []), ...(column?.checks ?? []).flatMap(wordsOf)]),
    ]
  }
  return {
    invocations: of('invocations'),
    event_executions: of('event_executions'),
    job_executions: of('job_executions'),
  }
}

const LITERAL = /'((?:[^']|'')*)'/g

/** The words that a CHECK on one column allows, if it lists them: `CHECK ((status = ANY (ARRAY['running'::text, …])))`. Of any other CHECK: none. */
function wordsOf(check: string): string[] {
  const frame = check.replaceAll(LITERAL, '')
  if (!frame.includes('=') || /[<>!~]|\bNOT\b(?! VALID)|\b(LIKE|length)\b/i.test(frame)) return []
  return [...check.matchAll(LITERAL)].flatMap(([, text = '']) => {
    const word = text.replaceAll("''", "'")
    // An array may be written as one literal.
    return /^\{.*\}$/.test(word) ? word.slice(1, -1).replaceAll('"', '').split(',') : [word]
  })
}
