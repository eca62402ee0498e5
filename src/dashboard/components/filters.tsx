import { useQuery } from '@tanstack/react-query'
import { useId, useState, type FormEvent } from 'react'
import { answerOf, client } from '../ask/client.ts'
import type { WindowQuery } from '../ask/window.ts'
import { fieldOf } from './form.ts'

/** What a list can be filtered by. */
export interface Filter {
  /** The name of the parameter, in the URL and in the request. */
  param: string
  label: string
  /** Its values are names of this kind, which the service knows. */
  names?: 'job' | 'function' | 'event'
  /** Or they are among these words. */
  words?: readonly string[]
}

/** The filters that are set, as chips, and a field to add one. `change` gets all values of a parameter; undefined: it is set no more. */
export function Filters({
  filters,
  set,
  change,
  window,
}: {
  filters: readonly Filter[]
  set: Partial<Record<string, string[] | undefined>>
  change: (param: string, values: string[] | undefined) => void
  window: WindowQuery
}) {
  const [chosen, choose] = useState(filters[0]?.param ?? '')
  const filter = filters.find(({ param }) => param === chosen) ?? filters[0]
  const suggestions = useId()
  const [typed, type] = useState('')
  const words = useSuggestions(filter, typed, window)
  const add = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const value = fieldOf(event.currentTarget, 'value')
    if (value === '' || filter === undefined) return
    change(filter.param, [...new Set([...(set[filter.param] ?? []), value])])
    event.currentTarget.reset()
    type('')
  }
  return (
    <form className="filters" onSubmit={add} aria-label="Filters" autoComplete="off">
      <select aria-label="Filter by" value={chosen} onChange={(event) => choose(event.target.value)}>
        {filters.map(({ param, label }) => (
          <option key={param} value={param}>
            {label}
          </option>
        ))}
      </select>
      <input
        name="value"
        aria-label={`Value of ${filter?.label ?? ''}`}
        placeholder="is …"
        list={suggestions}
        onChange={(event) => type(event.target.value)}
      />
      <datalist id={suggestions}>
        {words.map((word) => (
          <option key={word} value={word} />
        ))}
      </datalist>
      <button type="submit" className="button">
        Add filter
      </button>
      {filters.flatMap(({ param, label }) =>
        (set[param] ?? []).map((value) => (
          <span key={`${param} ${value}`} className="chip">
            <span className="chip-text">
              {label}: {value}
            </span>
            <button
              type="button"
              className="chip-remove"
              aria-label={`Remove the filter ${label}: ${value}`}
              onClick={() => {
                const rest = (set[param] ?? []).filter((each) => each !== value)
                change(param, rest.length === 0 ? undefined : rest)
              }}
            >
              ×
            </button>
          </span>
        )),
      )}
    </form>
  )
}

/** Words to choose from: those of the filter, or the names of the window that hold what was typed. */
function useSuggestions(filter: Filter | undefined, typed: string, window: WindowQuery): readonly string[] {
  const kind = filter?.names
  const names = useQuery({
    queryKey: ['/names', kind, typed, window],
    queryFn: async ({ signal }) => {
      const query = { ...window, limit: 20, ...(kind && { kind: [kind] }), ...(typed !== '' && { text: typed }) }
      return answerOf(client.GET('/names', { params: { query }, signal }))
    },
    enabled: kind !== undefined,
    staleTime: 60_000,
    meta: { once: true },
  })
  return filter?.words ?? names.data?.data.map(({ name }) => name) ?? []
}
