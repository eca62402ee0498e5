import { pino, type DestinationStream, type Logger } from 'pino'
import pretty from 'pino-pretty'

/**
 * JSON lines; pretty ones on a terminal. An error is logged by its name, code, message and stack alone:
 * the database's `detail`, `where` and `query` may hold values of somebody's rows. Nothing is logged that holds headers, so nothing
 * is looked through for secrets (which took 3 % of a small request).
 */
export function createLog(
  level: string,
  terminal: boolean,
  to: DestinationStream = terminal ? prettyStdout() : bufferedStdout(),
): Logger {
  return pino(
    {
      level,
      serializers: { err: shownError },
    },
    to,
  )
}

/** What is kept of lines that cannot be written, bytes: about 50,000 requests. */
const KEPT = 16 * 1024 * 1024

/** Lines leave together, at 4 KB or after 250 ms: a write of its own would cost each request about as much as its answer's socket write. */
function bufferedStdout(): DestinationStream {
  let retries = Infinity
  const stdout = pino.destination({
    dest: 1,
    sync: true,
    minLength: 4096,
    maxLength: KEPT,
    periodicFlush: 250,
    retryEAGAIN: () => (retries -= 1) > 0,
  })
  // A disk that is full under the log is told in a timer, and would end the process there. What was kept is written when there is room again.
  stdout.on('error', () => undefined)
  process.on('exit', () => {
    // Whoever reads the log may have stopped reading it: the process ends all the same, after a second of trying.
    retries = 10
    // flushSync() would try for ever on a disk that is full.
    stdout.end()
  })
  return stdout
}

function prettyStdout(): DestinationStream {
  return pretty({ sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' })
}

function shownError(error: unknown) {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack } = error
  return { type: name, message, stack, ...('code' in error ? { code: error.code } : {}) }
}
