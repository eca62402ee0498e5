/** How much the service takes on before it refuses. What waits for its turn waits for a moment; what is refused is told when to ask again. */
export interface Limits {
  /** Heavy requests (trees and the list of them) at once: each holds a connection and much memory. */
  heavy: number
  /** Other requests that are being worked on at once; those that find no free connection wait for one, so this bounds that queue as well. */
  concurrent: number
  /** Connections of the database that all these share. One client may have all places of each of the three kinds but one. */
  pool: number
  /** Longest wait for a place among the heavy or the other requests, ms; 0: none waits. */
  wait: number
  /** Longest wait for a connection, ms. */
  connect: number
  /** Longest time in which the reader of a heavy answer may take less than 64 KiB, ms. */
  stall: number
  /** Open connections, idle ones among them. */
  connections: number
  /** Those of them that one address may have. */
  connectionsPerAddress: number
  /** Mean lateness of the event loop over a second, ms; 0: any. */
  delay: number
  /** Resident memory, bytes. */
  memory: number
  /** Longest time for a request to arrive, ms. */
  request: number
  /** From the arrival of a request to the end of its answer, ms; a stream that has begun has a time of its own. */
  answer: number
  /** Longest time for a streamed tree to be read, ms. */
  stream: number
  /** Path and query of a request, characters. */
  url: number
  /** Body of a request, which is ignored, bytes. */
  body: number
  /** Rows of a page. */
  page: number
  /** Levels of a tree; nested at most 1,000. */
  depth: number
  /** Invocations of a streamed tree; whole (nested, or as text) at most 10,000. */
  nodes: number
  /** Requests a minute of one client: a key, or an address without one; 0: any number. */
  rate: number
}
