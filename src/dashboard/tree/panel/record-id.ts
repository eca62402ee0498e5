/** The id of the record that an event tells of, where the service looks for it by default; null: it is elsewhere, or there is none, or it is a number that JavaScript rounds. */
export function recordIdOf(payload: unknown): string | null {
  const data = (payload as { event?: { data?: { new?: { id?: unknown }; old?: { id?: unknown } } } } | null)?.event
    ?.data
  const id = data?.new?.id ?? data?.old?.id
  return (typeof id === 'string' && id !== '') || Number.isSafeInteger(id) ? String(id) : null
}
