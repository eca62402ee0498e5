/** By the name of each field of an answer (`jobs.name`: of the objects in one), the columns of which it is made. */
export type ColumnsOf<C extends string = string> = Readonly<Record<string, readonly C[]>>

/** What is left of an object, by name: true, or what is left of the object that stands there, or of each object of the list. */
export interface Selection {
  readonly [name: string]: true | Selection
}

/** The fields that a request asked for. */
export interface Fields {
  selection: Selection
  /** The columns of which they are made, and those of what else is looked at. */
  columns: ReadonlySet<string>
  /** Two requests have the same text if they asked for the same. */
  text: string
}

/** All names that may be asked for; that of an object means all of it. */
export function fieldNames(columnsOf: ColumnsOf): string[] {
  return [...new Set(Object.keys(columnsOf).flatMap(withObjects))]
}

/** `triggering.job.id`: `triggering`, `triggering.job` and itself. */
function withObjects(name: string): string[] {
  const parts = name.split('.')
  return parts.map((_, at) => parts.slice(0, at + 1).join('.'))
}

/** What was asked for, as known names with commas between, in the order of the whole answer. `looked`: fields that the request needs and does not show. */
export function fieldsOf(asked: string, columnsOf: ColumnsOf, looked: readonly string[] = []): Fields {
  const wanted = new Set(asked.split(','))
  const names = Object.keys(columnsOf).filter((name) => withObjects(name).some((each) => wanted.has(each)))
  return {
    selection: selectionOf(names),
    columns: new Set([...names, ...looked].flatMap((name) => columnsOf[name] ?? [])),
    text: names.join(','),
  }
}

function selectionOf(names: readonly string[]): Selection {
  const selection: Record<string, true | Selection> = {}
  for (const [first = '', ...rest] of names.map((name) => name.split('.'))) {
    if (rest.length === 0) selection[first] = true
    else {
      const within = names.filter((name) => name.startsWith(`${first}.`)).map((name) => name.slice(first.length + 1))
      selection[first] ??= selectionOf(within)
    }
  }
  return selection
}

/** An object, or the objects of a list, with the selected fields alone. The type stays: only an answer is made of it, whose reader knows what was asked for. */
export function partOf<T>(whole: T, selection: Selection): T {
  if (Array.isArray(whole)) return whole.map((each: unknown) => partOf(each, selection)) as T
  if (typeof whole !== 'object' || whole === null) return whole
  const part: Record<string, unknown> = {}
  for (const [name, within] of Object.entries(selection)) {
    const value = (whole as Record<string, unknown>)[name]
    if (value !== undefined) part[name] = within === true ? value : partOf(value, within)
  }
  return part as T
}
