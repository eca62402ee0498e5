/** Invocations of a tree that is held whole: as nested or flat JSON, as text, and while the list of trees counts it. One that is larger is streamed. */
export const MOST_WHOLE = 10_000
