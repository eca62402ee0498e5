import { open, rename, stat, type FileHandle } from 'node:fs/promises'

/** Opens the server's log to append. Kept to two files of about 1 MB, because what a run writes is a few lines. */
export async function openLog(path: string): Promise<FileHandle> {
  const size = await stat(path).then(
    (file) => file.size,
    () => 0,
  )
  if (size > 1_000_000) await rename(path, `${path}.1`)
  return open(path, 'a', 0o600)
}

/** The text of a file from a byte on, 64 kB at most. */
export async function readFrom(path: string, begin: number): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, begin)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
