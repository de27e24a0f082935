// The shadow forms that stores keep beside emails and searchable text, so that every database compares them alike.

/** What makes two addresses the same: compatible letters, case and surrounding space do not count. Kept beside unique emails. */
export function normaliseEmail(email: string): string {
  const trimmed = email.trim()
  // No address is as long. Putting thousands of combining marks in their order takes seconds: the work grows with the square.
  return trimmed.length > 1_000 ? trimmed : trimmed.normalize('NFKC').toLowerCase()
}

const marks = /\p{M}+/gu

/** Compatible letters, case and accents do not count. */
const folded = (text: string): string =>
  // Marks that stand in the text go first, for the same reason; then those that letters come apart into.
  text
    .replace(marks, '')
    .normalize('NFKD')
    .replace(marks, '')
    // Up and down: ß is SS. A sigma is written otherwise at the end of a word, which is not where each word with that beginning ends.
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFKC')

// Some scripts put no spaces between words: there each letter is one, or nothing inside of a sentence would be found.
const words =
  /[[\p{L}\p{N}]&&[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]]|[[\p{L}\p{N}]--[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]]+/gv

/** No index of any database takes words of any length; the beginning of one as long tells enough. */
const longestWord = 64

/** The words of a text, once each, as they are searched for. */
export function searchWords(text: string): readonly string[] {
  const found = new Set<string>()
  for (const [word] of folded(text).matchAll(words)) {
    found.add(word.length > longestWord ? [...word].slice(0, longestWord).join('') : word)
  }
  return [...found]
}

/** Beyond this the words of one text are not kept: it is more than a long article has, and indexes have bounds of their own. */
const longestSearch = 32_000

/** What a search looks in: the words with a space before and after each, such as ` red shoe `. Kept beside searchable fields. */
export function normaliseSearch(text: string): string {
  let kept = ' '
  for (const word of searchWords(text)) {
    if (kept.length + word.length >= longestSearch) break
    kept += `${word} `
  }
  return kept
}
