// The shadow forms that stores keep beside emails and searchable text, so that every database compares them alike.

/** What makes two addresses the same: compatible letters, case and surrounding space do not count. Kept beside unique emails. */
export const normaliseEmail = (email: string): string => email.trim().normalize('NFKC').toLowerCase()

/** What a search looks in and for: compatible letters, case and accents do not count. Kept beside searchable fields. */
export const normaliseSearch = (text: string): string => text.normalize('NFKD').replace(/\p{M}+/gu, '').toLowerCase().normalize('NFKC')
