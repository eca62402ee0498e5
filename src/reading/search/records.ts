import type { Snapshot } from '../../db/db.ts'
import { hashOf, type PersonalKeys } from '../../domain/search/personal-keys.ts'
import { isTable, type RecordName } from '../../domain/search/question.ts'
import type { SearchSettings } from '../../domain/search/settings.ts'
import { newestFirst, type Found, type Looking } from './newest-first.ts'

/** Looks for invocations whose events changed one of these records: of each its table and id. */
export function findRecords(
  snapshot: Snapshot,
  names: readonly RecordName[],
  settings: SearchSettings,
  looking: Looking,
): Promise<Found> {
  const wanted = (place: string, value: string): boolean =>
    names.some(({ table, id }) => id === value && isTable(table, place))
  return newestFirst(
    snapshot,
    settings,
    {
      kind: 'record',
      sought: names.map(({ table, id }) => ({ value: id, place: table })),
      paths: { records: settings.recordPaths, personal: [] },
      matching: ({ records }) => records.flatMap(([place, value]) => (wanted(place, value) ? [{ place, value }] : [])),
    },
    looking,
  )
}

/** Looks for invocations whose payloads hold a personal key; only for a caller who may see payloads. Of each the path that it stands at, and the hash of the key. */
export function findPersonal(
  snapshot: Snapshot,
  text: string,
  settings: SearchSettings & { personal: PersonalKeys },
  looking: Looking,
): Promise<Found> {
  const { personal } = settings
  const value = hashOf(text, personal)
  return newestFirst(
    snapshot,
    settings,
    {
      kind: 'personal',
      sought: [{ value, place: null }],
      paths: { records: [], personal: personal.paths },
      matching: ({ personal: held }) =>
        held.flatMap(([place, given]) => (hashOf(given, personal) === value ? [{ place, value }] : [])),
    },
    looking,
  )
}
