// The browser for tests of pages: an installed Chromium, that asks nobody for anything on its own.

import { existsSync } from 'node:fs'
import type { Browser } from 'playwright-core'

const places = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const chromium = places.find((path) => existsSync(path))
/** Why a test that needs a browser is skipped; in CI it never is. */
export const without: string | false =
  chromium === undefined && process.env['CI'] === undefined ? 'no Chromium is installed; on Debian: apt-get install chromium' : false

export async function openBrowser(): Promise<Browser> {
  const { chromium: browserType } = await import('playwright-core')
  return browserType.launch({
    executablePath: chromium!,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
