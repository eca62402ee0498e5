/** What the URL says of the view, beside the window. */
export interface ChainsSearch {}

export function parseChainsSearch(): ChainsSearch {
  return {}
}
