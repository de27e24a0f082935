import { OffstageError, type FieldError } from '../base/errors.ts'
import { passwordLengths, type PasswordOptions } from '../schema/app.ts'
import { readText } from './body.ts'
import { commonWords } from './common-words.ts'

/** What a password must be. No rule about kinds of characters: length, in code points, and not being known already are what counts. */
export type PasswordRules = Required<PasswordOptions>
export const defaultRules: PasswordRules = { min: passwordLengths.least, common: false }
const most = 256

const rows = [
  '01234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'azertyuiop',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  'zaq12wsxcde34rfvbgt5',
  'qazwsxedcrfvtgbyhn',
  '!@#$%^&*()',
]
const walks = [...rows, ...rows.map((row) => [...row].reverse().join(''))]
const leet = new Map('0o 1i 3e 4a 5s 7t 8b @a $s !i +t'.split(' ').map(([sign = '', letter = '']) => [sign, letter]))

/** Throws `invalid_values` for what is no password to take. */
export function refuseWeak(password: string, login: string, { min, common }: PasswordRules): void {
  const errors: FieldError[] = []
  readText(password, 'password', { min, max: most }, errors)
  if (errors.length === 0 && !common && guessable(password, login))
    errors.push({ path: 'password', code: 'too_common', message: 'Is among the first that anyone would guess.' })
  if (errors.length > 0) throw new OffstageError('invalid_values', { errors })
}

/**
 * Whether the password is among the first that an attacker tries: a common word with digits or signs around it, in any
 * case and in "leet"; a walk over the keyboard or the alphabet; a short piece repeated; or made of the login itself.
 */
export function guessable(password: string, login: string): boolean {
  const folded = password.normalize('NFKC').toLowerCase()
  // What is longer is no address, and has not been looked at yet.
  const [name = ''] = login.slice(0, 254).toLowerCase().split('@')
  if (folded === login.toLowerCase() || (name.length >= 4 && core(folded) === core(name))) return true
  return repeats(folded) || walked(folded) || wordy(folded)
}

/** What is left without digits and signs at both ends. */
const core = (text: string): string => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')

function wordy(text: string): boolean {
  const plain = [...text].map((c) => leet.get(c) ?? c).join('')
  const l = [...text].map((c) => (c === '1' ? 'l' : (leet.get(c) ?? c))).join('')
  // At most six characters around the word: more than that is no longer the word's fault.
  const trimmed = text.replace(/^[^\p{L}]{0,6}/u, '').replace(/[^\p{L}]{0,6}$/u, '')
  const undone = [...trimmed].map((c) => leet.get(c) ?? c).join('')
  return [text, plain, l, trimmed, undone].some(
    (form) => commonWords.has(form) || commonWords.has(form.replace(/[\s._-]+/g, '')) || doubled(form),
  )
}

function doubled(text: string): boolean {
  const half = text.slice(0, text.length / 2)
  return half.length >= 3 && half + half === text && commonWords.has(half)
}

/** `aaaaaaaa`, `abababab`, `12341234`: a piece of at most four characters over and over, cut anywhere. */
function repeats(text: string): boolean {
  for (let size = 1; size <= 4; size++)
    if (
      text ===
      text
        .slice(0, size)
        .repeat(Math.ceil(text.length / size))
        .slice(0, text.length)
    )
      return true
  return false
}

/** Made of at most two walks over neighbouring keys or letters: `12345678`, `qwertyui`, `asdf1234`, `1qaz2wsx`. */
function walked(text: string): boolean {
  let from = 0
  for (let taken = 0; taken < 2 && from < text.length; taken++) from += walkLength(text, from)
  return from >= text.length
}

function walkLength(text: string, from: number): number {
  let length = 0
  while (from + length < text.length && walks.some((row) => row.includes(text.slice(from, from + length + 1)))) length++
  return Math.max(length, 1)
}
