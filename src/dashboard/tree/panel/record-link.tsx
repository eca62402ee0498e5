import { Link } from '@tanstack/react-router'
import { Fact } from './fact.tsx'

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

/** The id of the record that an event tells of, where the service looks for it by default; null: it is elsewhere, or there is none. */
export function recordIdOf(payload: unknown): string | null {
  const data = (payload as { event?: { data?: { new?: { id?: unknown }; old?: { id?: unknown } } } } | null)?.event
    ?.data
  const id = data?.new?.id ?? data?.old?.id
  return (typeof id === 'string' && id !== '') || typeof id === 'number' ? String(id) : null
}
