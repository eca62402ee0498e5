import type { FastifyInstance } from 'fastify'

export interface Address {
  host: string
  port: number
}

/** Listens. Throws a sentence if the address cannot be had. */
export async function listen(app: FastifyInstance, { host, port }: Address): Promise<void> {
  // Fastify opens a second server for [::1] if localhost leads there too, and that one knows none of the limits of the first.
  const address = host === 'localhost' ? '127.0.0.1' : host
  try {
    await app.listen({ host: address, port, listenTextResolver: (url) => `listening at ${url}, not ready yet` })
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const why =
      code === 'EADDRINUSE'
        ? 'something else listens there; set PORT to another one (0 takes a free one)'
        : `${message}; look at HOST and PORT`
    throw new Error(`cannot listen at ${host}:${port}: ${why}`, { cause })
  }
}
