import { randomUUID } from 'node:crypto'

/**
 * JSON that goes into an answer as it is. Read into values and written again it would lose the digits of numbers beyond 2^53,
 * which ids may be, and fail where it is nested more than about 4,500 deep.
 */
export class RawJson {
  readonly json: string

  constructor(json: string) {
    this.json = json
  }
}

/** JSON.stringify that knows RawJson: each is marked by what nobody can guess, and put in afterwards. */
export function stringify(answer: unknown): string {
  const mark = randomUUID()
  const kept: string[] = []
  const text = JSON.stringify(answer, (_key, value: unknown) =>
    value instanceof RawJson ? `${mark}.${kept.push(value.json) - 1}` : value,
  )
  return text.replace(new RegExp(`"${mark}\\.(\\d+)"`, 'g'), (_match, at) => kept[Number(at)] ?? 'null')
}
