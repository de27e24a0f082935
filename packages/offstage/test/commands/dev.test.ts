import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../eventually.ts'
import { workplace, type Running, type Workplace } from './offstage.ts'

/** The app of the place, as a version that says its number and its process when it is loaded. */
function write(place: Workplace, version: number, before = ''): void {
  const file = join(place.folder, 'app.ts')
  const plain = readFileSync(file, 'utf8').replace(/^[\s\S]*\/\/ -+\n/, '')
  writeFileSync(file, `console.log('version ${version} in', process.pid)\n${before}\n// ----\n${plain}`)
}

const parents = (): [pid: number, parent: number][] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number])

const childrenOf = (dev: Running): number[] => parents().flatMap(([pid, parent]) => (parent === dev.process.pid ? [pid] : []))

/** Those of them that have not ended. */
function alive(pids: readonly number[]): number[] {
  const all = new Set(parents().map(([pid]) => pid))
  return pids.filter((pid) => all.has(pid))
}

/** The process that waits beside the one that runs the app. */
async function spareOf(dev: Running, running: number): Promise<number> {
  const others = (): number[] => childrenOf(dev).filter((pid) => pid !== running)
  await eventually(() => others().length === 1, 'a process is kept ready')
  return others()[0]!
}

const noneOf = (pids: readonly number[]): Promise<void> => eventually(() => alive(pids).length === 0, 'all processes have ended')

async function versionOf(dev: Running, version: number): Promise<number> {
  const [, pid] = await dev.until(new RegExp(`version ${version} in (\\d+)`))
  return Number(pid)
}

test('a change is taken over by a process that was kept ready, and none is left when dev ends', async () => {
  using place = workplace('notes')
  write(place, 1)
  const dev = place.start({}, 'dev', '.')
  const first = await versionOf(dev, 1)
  const [, url] = await dev.until(/API +(http:\/\/localhost:\d+)\/api/)
  const second = await spareOf(dev, first)

  write(place, 2)
  assert.equal(await versionOf(dev, 2), second)
  await dev.until(/ready again/)
  assert.deepEqual(alive([first]), [], 'the version before has ended')
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  const third = await spareOf(dev, second)

  // With other dependencies it may be another Offstage: what was loaded ahead is not used.
  writeFileSync(join(place.folder, 'package.json'), readFileSync(join(place.folder, 'package.json'), 'utf8'))
  const fourth = await versionOf(dev, 2)
  assert.notEqual(fourth, third)
  await dev.until(/ready again/)
  const fifth = await spareOf(dev, fourth)

  assert.equal(await dev.stop(), 0)
  await noneOf([first, second, third, fourth, fifth])
})

test('a change while the app starts is not lost, nor is one of several at once', async () => {
  using place = workplace('notes')
  const never = 'await new Promise((resolve) => setTimeout(resolve, 600_000))'
  write(place, 1, never)
  const dev = place.start({}, 'dev', '.')
  const first = await versionOf(dev, 1)
  write(place, 2, never)
  const second = await versionOf(dev, 2)
  write(place, 3)
  const third = await versionOf(dev, 3)
  const [, url] = await dev.until(/API +(http:\/\/localhost:\d+)\/api/)
  await spareOf(dev, third)

  for (const version of [4, 5, 6]) {
    write(place, version)
    await sleep(version * 10)
  }
  const last = await versionOf(dev, 6)
  await dev.until(/ready again/)
  assert.deepEqual(alive([first, second, third]), [])
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  const spare = await spareOf(dev, last)
  assert.equal(await dev.stop(), 0)
  await noneOf([last, spare])
})

test('after a mistake in the app the next change is taken over by a process that was kept ready too', async () => {
  using place = workplace('notes')
  write(place, 1, 'throw new Error("not yet")')
  const dev = place.start({}, 'dev', '.')
  const first = await versionOf(dev, 1)
  await dev.until(/not yet[\s\S]*Waiting for a change/)
  const spare = await spareOf(dev, first)
  write(place, 2)
  assert.equal(await versionOf(dev, 2), spare)
  await dev.until(/API +http[\s\S]*ada@example\.com/)
  assert.equal(await dev.stop('SIGINT'), 0)
  await noneOf([first, spare])
})

test('the process that is kept ready reads .env when it runs the app, not before', async () => {
  using place = workplace('notes')
  write(place, 1)
  const dev = place.start({}, 'dev', '.')
  const first = await versionOf(dev, 1)
  await dev.until(/API +http/)
  await spareOf(dev, first)
  writeFileSync(join(place.folder, '.env'), 'LOG_LEVEL=loud\n')
  await dev.until(/LOG_LEVEL[\s\S]*Waiting for a change/)
  writeFileSync(join(place.folder, '.env'), 'LOG_LEVEL=error\n')
  await dev.until(/ready again/)
  assert.equal(await dev.stop(), 0)
})

test('a terminal that interrupts all processes at once ends the app in order', async () => {
  using place = workplace('notes')
  // As an app that takes its time: the end of a request that is under way.
  write(place, 1, "process.on('exit', (code) => console.log('ended with', code))")
  const dev = place.start({}, 'dev', '.')
  const running = await versionOf(dev, 1)
  await dev.until(/API +http/)
  const spare = await spareOf(dev, running)
  for (const pid of [running, spare]) process.kill(pid, 'SIGINT')
  assert.equal(await dev.stop('SIGINT'), 0)
  await dev.until(/ended with 0/)
  await noneOf([running, spare])
})

test('when dev itself is killed nothing of it stays, neither while the app runs nor while it starts', async () => {
  using place = workplace('notes')
  for (const before of ['', 'await new Promise((resolve) => setTimeout(resolve, 600_000))']) {
    write(place, 1, before)
    const dev = place.start({}, 'dev', '.')
    const running = await versionOf(dev, 1)
    const pids = [running]
    if (before === '') pids.push(await spareOf(dev, running))
    dev.process.kill('SIGKILL')
    await noneOf(pids)
  }
})
