import type { Writer } from './db.ts'

/** A writer for work that goes on for longer than a connection may live. */
export interface ReopeningWriter {
  /** Does some work on the session, which is opened first if there is none, or if its connection was lost. */
  use<T>(work: (writer: Writer) => Promise<T>): Promise<T>
  end(): Promise<void>
}

/** `open` is called for each new session. What it throws, `use` throws, and the next `use` tries again. */
export function reopening(open: () => Promise<Writer>): ReopeningWriter {
  let writer: Writer | undefined
  return {
    async use(work) {
      if (writer?.lost) await writer.end()
      if (writer === undefined || writer.lost) writer = await open()
      return work(writer)
    },
    async end() {
      await writer?.end()
    },
  }
}
