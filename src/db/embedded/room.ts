import { statfs } from 'node:fs/promises'

/** Less than two of Postgres's log segments (16 MiB each): it cannot go on writing, MiB. */
const ROOM = 32

/** The end of a sentence about a failure, where a full disk explains it; else nothing. Asked because the server cannot write its log then either. */
export async function wantOfRoom(folder: string): Promise<string> {
  // For a user who is not root.
  const free = await statfs(folder).then(
    ({ bavail, bsize }) => (bavail * bsize) / 2 ** 20,
    () => Infinity,
  )
  return free < ROOM
    ? `; only ${free.toFixed(1)} MiB are free on the disk of ${folder}: make room, and start again`
    : ''
}
