import { createServer, type AddressInfo } from 'node:net'

/** A port of 127.0.0.1 that nobody listens on: the wanted one (0: any) if it is free, else any. */
export async function freePort(wanted: number): Promise<number> {
  const server = createServer()
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(wanted, '127.0.0.1', () => resolve(true))
  })
  if (!listening) {
    if (wanted === 0)
      throw new Error(
        'There is no free port on 127.0.0.1 for the embedded Postgres. Set DATABASE_URL to a Postgres of yours.',
      )
    return freePort(0)
  }
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
