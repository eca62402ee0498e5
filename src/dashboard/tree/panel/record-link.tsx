import { Link } from '@tanstack/react-router'
import { Fact } from './fact.tsx'
import { recordIdOf } from './record-id.ts'

/** The way to the history of the record that an event changed, if its payload says which one that is. */
export function RecordLink({ table, payload }: { table: string | null; payload: unknown }) {
  const recordId = recordIdOf(payload)
  if (table === null || recordId === null) return null
  return (
    <dl className="details">
      <Fact name="Record">
        <Link to="/records/$table/$recordId" params={{ table, recordId }} title="All that its events caused">
          <code>
            {table}:{recordId}
          </code>
        </Link>
      </Fact>
    </dl>
  )
}
