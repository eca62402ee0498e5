/** What an event did to a field of the record. */
export interface Change {
  field: string
  kind: 'added' | 'removed' | 'changed' | 'same'
  /** JSON; null: the field is not there. */
  before: string | null
  after: string | null
}

/** The fields of the record that an event tells of, those that changed first. Null: the payload has no such record. */
export function changesOf(payload: unknown): Change[] | null {
  const data = at(at(payload, 'event'), 'data')
  const before = at(data, 'old')
  const after = at(data, 'new')
  if (!isRecord(before) && !isRecord(after)) return null
  const old = isRecord(before) ? before : {}
  const now = isRecord(after) ? after : {}
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])]
  const changes = fields.map((field): Change => {
    const was = field in old ? JSON.stringify(old[field]) : null
    const is = field in now ? JSON.stringify(now[field]) : null
    return {
      field,
      kind: was === is ? 'same' : was === null ? 'added' : is === null ? 'removed' : 'changed',
      before: was,
      after: is,
    }
  })
  return [...changes.filter(({ kind }) => kind !== 'same'), ...changes.filter(({ kind }) => kind === 'same')]
}

function at(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
