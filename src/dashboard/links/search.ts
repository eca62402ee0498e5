/** What the URL says of the view, beside the window. */
export interface LinksSearch {}

export function parseLinksSearch(): LinksSearch {
  return {}
}
