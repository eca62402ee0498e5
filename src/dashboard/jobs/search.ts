/** What the URL says of the view, beside the window. */
export interface JobsSearch {}

export function parseJobsSearch(): JobsSearch {
  return {}
}
