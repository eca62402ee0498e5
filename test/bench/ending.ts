/** Ends what was started, the last first. */
export interface Ending {
  /** Registers how to end something. */
  add(end: () => unknown): void
  /** Ends everything; may be called again. */
  run(): Promise<void>
  /** What fails from then on fails because of it. */
  readonly begun: boolean
}

export function createEnding(): Ending {
  const ends: Array<() => unknown> = []
  let begun = false
  return {
    get begun() {
      return begun
    },
    add: (end) => void ends.push(end),
    async run() {
      begun = true
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
