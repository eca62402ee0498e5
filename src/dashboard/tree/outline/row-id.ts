/** The id of the element of a row, by which the list names the one that is selected. */
export function rowId(at: number): string {
  return `step-${at}`
}
