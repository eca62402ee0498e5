/** How much the service takes on before it refuses. What is refused is told at once, with when to ask again; nothing queues for its turn. */
export interface Limits {
  /** Heavy requests (trees and the list of them) at once: each holds a connection and much memory. */
  heavy: number
  /** Requests that are being worked on at once; those that find no free connection wait for one, so this bounds the line as well. */
  concurrent: number
  /** Mean lateness of the event loop over a second, ms; 0: any. */
  delay: number
  /** Resident memory, bytes. */
  memory: number
  /** From the arrival of a request to the end of its answer, ms; a stream that has begun has a time of its own. */
  answer: number
  /** Requests a minute of one key, or of one address without a key; 0: any number. */
  rate: number
}
