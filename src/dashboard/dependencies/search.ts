/** What the URL says of the view, beside the window. */
export interface DependenciesSearch {}

export function parseDependenciesSearch(): DependenciesSearch {
  return {}
}
