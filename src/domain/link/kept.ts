/** What observability_links says of an invocation. */
export const keptStates = ['recovered', 'mended', 'undone', 'ambiguous', 'pending', 'severed'] as const
export type KeptState = (typeof keptStates)[number]
