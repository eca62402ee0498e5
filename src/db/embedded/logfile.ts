import { constants, open, rename, type FileHandle } from 'node:fs/promises'
import { checkFile } from './owner.ts'

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

/** Opens the server's log to append. Kept to two files of about 1 MB, because what a run writes is a few lines. Throws a sentence where somebody else prepared it. */
export async function openLog(path: string): Promise<FileHandle> {
  const { size = 0 } = (await checkFile(path)) ?? {}
  if (size > 1_000_000) await rename(path, `${path}.1`)
  return open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600)
}

/** The text of a file from a byte on, 64 kB at most. The folder may be another user's than this process's: a link is not followed, a pipe not waited for. */
export async function readFrom(path: string, begin: number): Promise<string> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, begin)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
