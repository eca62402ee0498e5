import { pino, type DestinationStream, type Logger } from 'pino'
import pretty from 'pino-pretty'

/**
 * JSON lines; pretty ones on a terminal. An error is logged by its name, code, message and stack alone:
 * the database's `detail`, `where` and `query` may hold values of somebody's rows.
 */
export function createLog(level: string, terminal: boolean, to: DestinationStream = terminal ? prettyStdout() : pino.destination(1)): Logger {
  return pino({
    level,
    redact: { paths: ['*.authorization', '*.cookie', '*.password', 'req.headers'], remove: true },
    serializers: { err: shownError },
  }, to)
}

function prettyStdout(): DestinationStream {
  return pretty({ sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' })
}

function shownError(error: unknown) {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack } = error
  return { type: name, message, stack, ...('code' in error ? { code: error.code } : {}) }
}
