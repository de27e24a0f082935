import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { seed } from '../../../../examples/conduit/seed.ts'
import { openConduit, succeeded } from './fixture.ts'

const folder = join(import.meta.dirname, '../../../../examples/conduit')

test('the example stays under 500 lines', () => {
  const files = globSync('**/*.ts', { cwd: folder, exclude: ['**/node_modules', '**/.offstage'] })
  const lines = files.reduce((sum, file) => sum + readFileSync(join(folder, file), 'utf8').split('\n').length - 1, 0)
  assert.ok(files.length > 5 && lines < 500, `${lines} lines in ${files.join(', ')}`)
})

test('the seed shows something', async () => {
  await using conduit = await openConduit()
  await seed({ sys: conduit.test.sys })
  const { articles, articlesCount } = succeeded(await conduit.send('GET', '/api/articles'))
  assert.ok(articlesCount >= 3)
  assert.ok(articles.some(({ tagList, favoritesCount }: any) => tagList.length > 1 && favoritesCount > 0))
  for (const { slug } of articles) assert.ok(succeeded(await conduit.send('GET', `/api/articles/${slug}/comments`)).comments.length > 0)
  assert.ok(succeeded(await conduit.send('GET', '/api/tags')).tags.length > 3)
})
