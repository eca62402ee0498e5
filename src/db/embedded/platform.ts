const instead = 'Set DATABASE_URL to a Postgres of yours.'

/** Throws a sentence on systems that the embedded binaries are not made for. */
export function refusePlatform(
  platform: string = process.platform,
  glibc: () => string | undefined = glibcVersion,
): void {
  if (platform !== 'linux' && platform !== 'darwin') {
    throw new Error(`The embedded Postgres runs on Linux and macOS; this is ${platform}. ${instead}`)
  }
  if (platform === 'darwin') return
  const version = glibc()
  if (version === undefined) {
    throw new Error(
      `The embedded Postgres needs glibc 2.27 or newer; this Linux has another C library (Alpine has musl). ${instead}`,
    )
  }
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < 2 || (major === 2 && minor < 27)) {
    throw new Error(`The embedded Postgres needs glibc 2.27 or newer; this Linux has ${version}. ${instead}`)
  }
}

function glibcVersion(): string | undefined {
  const report = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } }
  return report.header.glibcVersionRuntime
}
