import { once } from 'node:events'
import { connect } from 'node:net'

/** A kept-alive connection, for one request at a time. */
export interface Connection {
  /** Sends a request; `answered` hears the status when the whole answer has come, or 0 when the connection ends before. */
  ask: (request: Buffer, answered: (status: number) => void) => void
  /** Whether it can be asked: the server closes one that has been idle for a while. */
  isOpen: () => boolean
  close: () => void
}

/** What has come is looked at before the next piece is read, so one buffer does for all connections. */
const buffer = Buffer.alloc(65_536)
const HEAD_END = '\r\n\r\n'
const LENGTH = '\r\ncontent-length: '
const LAST_CHUNK = '0\r\n\r\n'

/** What is still to come of an answer. */
interface Reading {
  status: number
  /** Bytes; Infinity: nobody knows, the answer comes in chunks. */
  left: number
  /** The last bytes, for the end of the head or the last chunk may be cut. */
  tail: string
}

/**
 * As cheap as it can be, for who offers the load takes the same two cores: 3,000 refusals a second cost 0.12 of a core with the connection of
 * the benchmark, which tells the first byte and the size as well.
 */
export async function open(port: number): Promise<Connection> {
  let reading: Reading | undefined
  let answered: ((status: number) => void) | undefined
  const end = (status: number): void => {
    const told = answered
    reading = answered = undefined
    told?.(status)
  }
  const socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer,
      callback(size) {
        reading = reading ? further(reading, size) : begun(size)
        if (reading.left === 0) end(reading.status)
        return true
      },
    },
  })
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  socket.on('close', () => end(0))
  return {
    ask(request, then) {
      answered = then
      socket.write(request)
    },
    isOpen: () => !socket.destroyed && !socket.readableEnded,
    close: () => socket.destroy(),
  }
}

/** The first piece of an answer holds its head: that is sent in one write. */
function begun(size: number): Reading {
  const status = Number(buffer.toString('latin1', 9, 12))
  const body = buffer.indexOf(HEAD_END) + HEAD_END.length
  const length = buffer.indexOf(LENGTH)
  if (length >= 0 && length < body) {
    const from = length + LENGTH.length
    return { status, left: body + Number.parseInt(buffer.toString('latin1', from, from + 12), 10) - size, tail: '' }
  }
  return further({ status, left: Number.POSITIVE_INFINITY, tail: '' }, size)
}

function further({ status, left, tail }: Reading, size: number): Reading {
  if (left < Number.POSITIVE_INFINITY) return { status, left: left - size, tail }
  const last = (tail + buffer.toString('latin1', Math.max(0, size - LAST_CHUNK.length), size)).slice(-LAST_CHUNK.length)
  return { status, left: last === LAST_CHUNK ? 0 : left, tail: last }
}
