// The storefront and the staff page as people use them, in a real browser.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openShop } from '../../../../tools/shop.ts'
import { developmentPassword, giveDevelopmentPassword } from '../../src/app/seed.ts'
import type { RunningApp } from '../../src/app/open.ts'
import { openBrowser, without } from '../api/browser.ts'

describe('the storefront', { skip: without }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'offstage-shop-'))
  const shots = process.env['SCREENSHOTS'] ?? join(folder, 'screenshots')
  let running: RunningApp
  let browser: Browser
  let origin: string

  before(async () => {
    running = await openShop(join(folder, 'shop.db'), { mode: 'development', orders: Number(process.env['ORDERS'] ?? 600) })
    await giveDevelopmentPassword(running.data, running.auth!)
    origin = `http://localhost:${(await running.listen({ port: 0, host: '127.0.0.1' })).port}`
    mkdirSync(shots, { recursive: true })
    browser = await openBrowser()
  })
  after(async () => {
    await browser?.close()
    await running?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A page of a browser of its own, and all that went wrong in it: console errors, refusals by the policy, requests to elsewhere. */
  async function visit(path: string, viewport = { width: 1280, height: 900 }): Promise<{ page: Page; wrong: string[] }> {
    const context = await browser.newContext({ viewport })
    context.setDefaultTimeout(60_000)
    const page = await context.newPage()
    const wrong: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') wrong.push(message.text())
    })
    page.on('pageerror', (error) => wrong.push(String(error)))
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:')) wrong.push(`outside: ${request.url()}`)
    })
    await page.goto(origin + path)
    return { page, wrong }
  }
  const shoot = (page: Page, name: string): Promise<unknown> => page.screenshot({ path: join(shots, `${name}.png`) })
  const number = async (page: Page): Promise<number> => Number((await page.locator('#count').textContent())!.replace(/\D/g, ''))

  test('a person signs up, searches, filters, orders, pays, and sees the order as paid', { timeout: 300_000 }, async () => {
    const { page, wrong } = await visit('/')
    await page.locator('.card').first().waitFor()
    const all = await number(page)
    assert.ok(all > 1000, `${all} products`)
    await shoot(page, '1-home')

    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'I am new here' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Grace Hopper')
    await page.getByLabel('Email').fill('grace@example.com')
    await page.getByLabel('Password').fill('a ship in a port')
    await shoot(page, '2-sign-up')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByText('Hello, Grace').waitFor()

    await page.getByLabel('Search products').fill('KETTLE')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Results for “KETTLE”' }).waitFor()
    const found = await number(page)
    assert.ok(found > 0 && found < all)
    await page.getByLabel('In stock').check()
    await page.locator('#sort').selectOption('price')
    await page.waitForURL(/sort=price/)
    await page.waitForTimeout(300)
    const prices = (await page.locator('.buy b').allTextContents()).map((text) => Number(text.replace(/[^\d.]/g, '')))
    assert.deepEqual(
      prices,
      prices.toSorted((a, b) => a - b),
    )
    assert.ok((await page.locator('.card .name').allTextContents()).every((name) => name.includes('Kettle')))
    await shoot(page, '3-search')

    await page.locator('.card a').first().click()
    await page.locator('.product').waitFor()
    const name = (await page.locator('.product h1').textContent())!
    await page.getByLabel('Quantity').fill('2')
    await shoot(page, '4-product')
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await page.getByRole('link', { name: 'Cart, 2 items' }).click()
    await page.getByRole('heading', { name: 'Your cart' }).waitFor()
    await page.getByLabel('Address').fill('Grace Hopper\n1 Harbour Street\n12345 Arlington')
    await shoot(page, '5-cart')
    await page.getByRole('button', { name: 'Order and pay' }).click()

    await page.waitForURL(/pretend-pay/)
    await shoot(page, '6-pay')
    await page.getByRole('button', { name: /^Pay/ }).click()
    await page.waitForURL(/\/orders\//)
    await page.locator('.status.paid').waitFor()
    assert.equal(await page.locator('.status').textContent(), 'Paid')
    assert.equal(await page.locator('.lines a').textContent(), name)
    await shoot(page, '7-order')

    await page.getByRole('link', { name: 'My orders' }).first().click()
    await page.locator('.orders li').waitFor()
    await shoot(page, '8-orders')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    assert.deepEqual(wrong, [])
    await page.context().close()
  })

  test('a department and a page further down show what belongs there; a phone shows it too', { timeout: 300_000 }, async () => {
    const { page, wrong } = await visit('/', { width: 390, height: 844 })
    await page.getByRole('navigation', { name: 'Departments' }).getByRole('link', { name: 'Garden' }).click()
    await page.getByRole('heading', { name: 'Garden' }).waitFor()
    await page.getByText('Filters').click()
    await page.getByRole('button', { name: 'Planters' }).click()
    await page.getByRole('heading', { name: 'Planters' }).waitFor()
    assert.equal(await page.locator('.card').count(), 24)
    await page.getByRole('button', { name: 'Show more' }).click()
    await page.waitForFunction(() => document.querySelectorAll('.card').length === 48)
    const names = await page.locator('.card .name').allTextContents()
    assert.equal(new Set(names).size, 48)
    await shoot(page, '9-phone')
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'nothing sticks out to the side')
    assert.deepEqual(wrong, [])
    await page.context().close()
  })

  test('staff see the sales and ship an order; a customer sees neither', { timeout: 300_000 }, async () => {
    const { page, wrong } = await visit('/staff.html')
    await page.getByRole('button', { name: 'Sign in as staff' }).click()
    await page.getByLabel('Email').fill('staff@example.com')
    await page.getByLabel('Password').fill(developmentPassword)
    await page.locator('#door .button').click()
    await page.locator('#chart').waitFor()
    const bars = await page.locator('#chart .bar-value').count()
    assert.ok(bars >= 17 && bars <= 18, `${bars} months`)
    assert.equal(await page.locator('.ranks li').count(), 8)
    await page.setViewportSize({ width: 1280, height: 1250 })
    await shoot(page, '10-staff')
    const waiting = Number(await page.locator('#orders .head .note').textContent())
    await page.locator('.act', { hasText: 'Ship' }).first().click()
    await page.waitForFunction((before) => Number(document.querySelector('#orders .head .note')!.textContent) === before - 1, waiting)
    assert.deepEqual(wrong, [])
    await page.context().close()
  })
})
