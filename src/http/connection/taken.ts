import type { Socket } from 'node:net'

/**
 * Bytes that the system has taken from us for this connection. What Node holds itself counts as taken in `bytesWritten`, and the piece that is
 * being written counts as pending in `writableLength` until the last byte of it is gone, which may be a whole tree of 12 MB: so the handle is asked.
 */
export function takenOf(
  socket: Socket & { _handle?: { bytesWritten?: number; writeQueueSize?: number } | null },
): number {
  const { _handle: handle } = socket
  const { bytesWritten, writeQueueSize } = handle ?? {}
  return bytesWritten === undefined || writeQueueSize === undefined
    ? socket.bytesWritten - socket.writableLength
    : bytesWritten - writeQueueSize
}
