import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { chromium, type Browser, type Page } from 'playwright-core'
import { onTeardown } from './teardown.ts'

// The package unpacks into the temporary folder, for its owner alone: each user needs one of their own.
const unpacked = join(tmpdir(), `event-detector-chromium-${userInfo().uid}`)

let browser: Promise<Browser> | undefined
after(async () => (await browser)?.close())

/**
 * A page of a real, headless browser, with storage and a cache of its own. Requests that leave 127.0.0.1 fail and are listed in `abroad`, as are the page's
 * own errors in `errors`. The tests of a process share the browser, for a start takes 0.5 s of a core.
 */
export async function openPage(t: TestContext): Promise<{ page: Page; abroad: string[]; errors: string[] }> {
  browser ??= launch()
  const context = await (await browser).newContext()
  onTeardown(t, () => context.close())
  const page = await context.newPage()
  const abroad: string[] = []
  const errors: string[] = []
  // Only listened to: requests that Playwright routes pass by the cache of the browser, and none of them is conditional.
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    if (hostname !== '127.0.0.1' && protocol !== 'data:' && protocol !== 'blob:') abroad.push(request.url())
  })
  page.on('pageerror', (error) => errors.push(error.message))
  return { page, abroad, errors }
}

/** With the flags of Playwright, and not with those of the package: these take from a page what protects it (`--disable-web-security`), and put all in one process. */
async function launch(): Promise<Browser> {
  // The package unpacks the libraries that a bare machine lacks only where it believes to be on AWS Lambda.
  process.env['AWS_EXECUTION_ENV'] ??= 'AWS_Lambda_nodejs20.x'
  if (!existsSync(unpacked)) await unpack()
  process.env['TMPDIR'] = unpacked
  const { default: binary } = await import('@sparticuz/chromium')
  return chromium.launch({
    executablePath: await binary.executablePath(),
    args: [
      '--no-zygote',
      '--disable-gpu',
      '--font-render-hinting=none',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  })
}

// The package's own looks in /tmp/fonts; a browser that finds no font at all shows nothing, or dies.
const fonts = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${unpacked}/fonts</dir>
  <cachedir>${unpacked}/fonts-cache</cachedir>
</fontconfig>
`

/** Elsewhere first: two test files at once would start what the other one still writes. */
async function unpack(): Promise<void> {
  const elsewhere = await mkdtemp(`${unpacked}-`)
  await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', "await (await import('@sparticuz/chromium')).default.executablePath()"],
    { cwd: import.meta.dirname, env: { ...process.env, TMPDIR: elsewhere } },
  )
  await writeFile(join(elsewhere, 'fonts/fonts.conf'), fonts)
  await rename(elsewhere, unpacked).catch(() => rm(elsewhere, { recursive: true }))
}
