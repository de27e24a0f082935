import type { Sys } from '../kit.ts'
import { inBatches, type Progress } from './batches.ts'
import { care, collections, departments, type CategoryWords } from './catalogue.ts'
import type { Random } from './random.ts'

export interface SeededProduct {
  id: string
  name: string
  price: string
}

const perCategory = 52

function priceOf(random: Random, [low, high]: readonly [number, number]): string {
  const whole = Math.round(low + ((high - low) * random.integer(0, 1000) ** 2) / 1_000_000)
  return `${whole}.${random.pick(['00', '50', '90', '95'])}`
}

function describe(random: Random, words: CategoryWords, noun: string, material: string): string {
  const text = [...words.says, random.pick(care)].join(' ')
  const filled = text.replaceAll('{noun}', noun.toLowerCase()).replaceAll('{material}', material.toLowerCase())
  return filled
    .replace(/(^|[.] )([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase())
    .replace(/^A (?=[aeiou])/i, 'An ')
}

/** Departments, categories and 1,040 products. */
export async function seedProducts(sys: Sys, random: Random, progress: Progress): Promise<SeededProduct[]> {
  const planned: { words: CategoryWords; category: string; collection: string; noun: string }[] = []
  for (const [position, [department, categories]] of Object.entries(departments).entries()) {
    const parent = await sys.categories.create({ name: department, position })
    for (const [at, words] of categories.entries()) {
      const category = await sys.categories.create({ name: words.name, position: at, parent: parent.id })
      const names = collections.flatMap((collection) => words.nouns.map((noun) => ({ collection, noun })))
      for (const name of random.some(names, perCategory)) planned.push({ words, category: category.id, ...name })
    }
  }
  const products: SeededProduct[] = []
  await inBatches(
    sys,
    planned,
    async (tx, { words, category, collection, noun }) => {
      const material = random.pick(words.materials)
      const product = await tx.products.create({
        name: `${collection} ${material} ${noun}`,
        description: describe(random, words, noun, material),
        price: priceOf(random, words.price),
        stock: random.chance(0.04) ? 0 : random.integer(3, 180),
        category,
        shape: words.shape,
        hue: (random.pick(words.hues) + random.integer(-8, 8) + 360) % 360,
        active: !random.chance(0.01),
      })
      products.push({ id: product.id, name: product.name, price: product.price })
    },
    (done) => progress('products', done, planned.length),
  )
  return products
}
