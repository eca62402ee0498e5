import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { chromium, type Page } from 'playwright-core'
import { onTeardown } from './teardown.ts'

// The package unpacks into the temporary folder, for its owner alone: each user needs one of their own.
const unpacked = join(tmpdir(), `event-detector-chromium-${userInfo().uid}`)

/** A page of a real, headless browser. Requests that leave 127.0.0.1 fail and are listed in `abroad`, as are the page's own errors in `errors`. */
export async function openPage(t: TestContext): Promise<{ page: Page; abroad: string[]; errors: string[] }> {
  // The package unpacks the libraries that a bare machine lacks only where it believes to be on AWS Lambda.
  process.env['AWS_EXECUTION_ENV'] ??= 'AWS_Lambda_nodejs20.x'
  if (!existsSync(unpacked)) await unpack()
  process.env['TMPDIR'] = unpacked
  const { default: binary } = await import('@sparticuz/chromium')
  const browser = await chromium.launch({
    executablePath: await binary.executablePath(),
    args: [
      ...binary.args,
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
    ],
    headless: true,
  })
  onTeardown(t, () => browser.close())
  const page = await browser.newPage()
  const abroad: string[] = []
  const errors: string[] = []
  await page.route('**/*', (route) => {
    const { hostname, protocol } = new URL(route.request().url())
    if (hostname === '127.0.0.1' || protocol === 'data:' || protocol === 'blob:') return route.continue()
    abroad.push(route.request().url())
    return route.abort()
  })
  page.on('pageerror', (error) => errors.push(error.message))
  return { page, abroad, errors }
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
