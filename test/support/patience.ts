import { spawnSync } from 'node:child_process'

/** What starting Node takes on two quiet cores, ms (38 to 52 in 20 starts). */
const QUIET = 45
/** A test file, its service and the database share the machine with two other files. */
const MARGIN = 4

let measured: number | undefined

/** How many times a deadline of a quiet machine is waited for here: what starting Node takes now, against a quiet machine, and a margin. At least 4. */
export function slowness(): number {
  // test/run.ts measures once, before it starts the tests; a file that runs on its own measures for itself.
  measured ??= Number(process.env['TEST_SLOWNESS']) || MARGIN * Math.max(1, startOfNode() / QUIET)
  return measured
}

/** A deadline for what takes up to `ms` on a quiet machine, in ms: calibrated, so that it holds on a busy one. */
export function patience(ms: number): number {
  return Math.ceil(ms * slowness())
}

/** The slowest of three starts, ms: the machine may have been busy for one of them only. */
function startOfNode(): number {
  return Math.max(
    ...Array.from({ length: 3 }, () => {
      const since = performance.now()
      spawnSync(process.execPath, ['--eval', '0'])
      return performance.now() - since
    }),
  )
}
