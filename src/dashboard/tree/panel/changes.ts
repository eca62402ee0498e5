/** What an event did to a field of the record. */
export interface Change {
  field: string
  kind: 'added' | 'removed' | 'changed' | 'same'
  /** JSON; null: the field is not there. */
  before: string | null
  after: string | null
}

/** The fields of the record that an event tells of, those that changed first; what changed within an object or a list is told by its path. Null: the payload has no such record. */
export function changesOf(payload: unknown): Change[] | null {
  const data = at(at(payload, 'event'), 'data')
  const before = at(data, 'old')
  const after = at(data, 'new')
  if (!isRecord(before) && !isRecord(after)) return null
  const changes = [...differences('', isRecord(before) ? before : {}, isRecord(after) ? after : {})]
  return [...changes.filter(({ kind }) => kind !== 'same'), ...changes.filter(({ kind }) => kind === 'same')]
}

/** A JSON value is at most as deep as the parser that read it could go, so this may call itself. */
function* differences(path: string, before: object, after: object): Generator<Change> {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [own(before, key), own(after, key)]
    const field = path === '' ? key : `${path}.${key}`
    const [wasText, isText] = [textOf(was), textOf(is)]
    if (wasText === isText) yield { field, kind: 'same', before: wasText, after: isText }
    else if (isNested(was) && isNested(is) && Array.isArray(was) === Array.isArray(is))
      yield* [...differences(field, was, is)].filter(({ kind }) => kind !== 'same')
    else {
      const kind = wasText === null ? 'added' : isText === null ? 'removed' : 'changed'
      yield { field, kind, before: wasText, after: isText }
    }
  }
}

function own(value: object, key: string): unknown {
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
}

function textOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function at(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
