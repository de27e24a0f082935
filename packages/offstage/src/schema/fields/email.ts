import { ValueError, type Kind } from '../kind.ts'
import { readString, readTextOperand, refuseEmpty, textKind } from './text.ts'

// The form of HTML's `input type=email`, made wider for letters outside ASCII, with a dot required in the domain.
const form =
  /^[^\s@"(),:;<>[\\\]\p{Cc}\p{Cf}]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,62})(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,62}))+$/u
const max = 254

export const emailKind: Kind = {
  name: 'email',
  storage: 'text',
  operators: textKind.operators,
  measures: ['count', 'countDistinct', 'min', 'max'],
  sortable: true,
  groupable: true,
  read(value) {
    const email = readString(value, 'an email address').trim()
    refuseEmpty(email)
    if (email.length > max || email.normalize('NFKC').length > max)
      throw new ValueError('too_long', `An email address has at most ${max} characters.`)
    // An address is also known by its compatible letters: `＠` and `，` among them are signs that make two addresses of one.
    if (!form.test(email) || !form.test(email.normalize('NFKC')) || /\.@|\.\.|^\.|-\.|-$/.test(email))
      throw new ValueError('wrong_format', 'Expected an email address such as ada@example.com.')
    return email
  },
  readOperand: readTextOperand,
  readText: readTextOperand,
  jsonSchema: () => ({ type: 'string', format: 'email', maxLength: max }),
}
