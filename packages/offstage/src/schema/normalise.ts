// The shadow forms that stores keep beside emails and searchable text, so that every database compares them alike.

/** What makes two addresses the same: compatible letters, case and surrounding space do not count. Kept beside unique emails. */
export function normaliseEmail(email: string): string {
  const trimmed = email.trim()
  // No address is as long. Putting thousands of combining marks in their order takes seconds: the work grows with the square.
  return trimmed.length > 1_000 ? trimmed : trimmed.normalize('NFKC').toLowerCase()
}

const marks = /\p{M}+/gu

/** What a search looks in and for: compatible letters, case and accents do not count. Kept beside searchable fields. */
export const normaliseSearch = (text: string): string =>
  // Marks that stand in the text go first, for the same reason; then those that letters come apart into.
  text.replace(marks, '').normalize('NFKD').replace(marks, '').toLowerCase().normalize('NFKC')
