import { Arrow } from './arrow.tsx'

/** The head of a column that a table can be sorted by. */
export function SortHead<T extends string>({
  label,
  by,
  sort,
  change,
  number = false,
}: {
  label: string
  by: T
  sort: string
  change: (by: T) => void
  number?: boolean
}) {
  const active = sort === by
  return (
    <th
      className={number ? 'number' : undefined}
      aria-sort={active ? (by.startsWith('-') ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" className="sort" aria-pressed={active} onClick={() => change(by)}>
        {label}
        {active && <Arrow to={by.startsWith('-') ? 'down' : 'up'} />}
      </button>
    </th>
  )
}
