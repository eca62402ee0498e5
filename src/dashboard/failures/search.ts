/** What the URL says of the view, beside the window. */
export interface FailuresSearch {}

export function parseFailuresSearch(): FailuresSearch {
  return {}
}
