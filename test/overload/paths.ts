/** What a dashboard asks, and those who look closer: mostly lists, some lookups, one tree in ten. */
export async function pathsOf(base: string, headers: Record<string, string> = {}): Promise<string[]> {
  const { endpoints } = (await (await fetch(`${base}/`, { headers })).json()) as {
    endpoints: Array<{ path: string; sample: string }>
  }
  const sample = (path: string): string => endpoints.find((each) => each.path === path)?.sample ?? path
  const list = sample('/chains')
  return [
    list,
    sample('/invocations'),
    sample('/invocations/:id'),
    list,
    `${sample('/jobs')}&limit=100`,
    sample('/invocations'),
    list,
    '/invocations?window=7d&limit=100',
    sample('/jobs/:id'),
    sample('/trees/:id'),
  ]
}
