/** Ends what was started, the last first. */
export interface Ending {
  /** Registers how to end something. */
  add(end: () => unknown): void
  /** Ends everything; may be called again. */
  run(): Promise<void>
}

export function createEnding(): Ending {
  const ends: Array<() => unknown> = []
  return {
    add: (end) => void ends.push(end),
    async run() {
      for (let end = ends.pop(); end; end = ends.pop()) {
        try {
          await end()
        } catch (error) {
          process.stderr.write(`while ending: ${(error as Error).message}\n`)
        }
      }
    },
  }
}

/** On Ctrl-C or SIGTERM everything is ended, then the process. */
export function endOnSignal(ending: Ending): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.stderr.write(`\n${signal}: ending what was started\n`)
      void ending.run().finally(() => process.exit(130))
    })
  }
}
