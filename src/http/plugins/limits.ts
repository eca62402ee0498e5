/** How much the service takes on before it refuses. What is refused is told at once, with when to ask again; nothing queues for its turn. */
export interface Limits {
  /** Heavy requests (trees and the list of them) at once: each holds a connection and much memory. */
  heavy: number
  /** Requests that are being worked on at once; those that find no free connection wait for one, so this bounds the line as well. */
  concurrent: number
  /** Open connections, idle ones among them. */
  connections: number
  /** Mean lateness of the event loop over a second, ms; 0: any. */
  delay: number
  /** Resident memory, bytes. */
  memory: number
  /** From the arrival of a request to the end of its answer, ms; a stream that has begun has a time of its own. */
  answer: number
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
  /** Requests a minute of one key, or of one address without a key; 0: any number. */
  rate: number
}
