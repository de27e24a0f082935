import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commonWords } from './common-words.ts'
import { guessable } from './guessable.ts'

// Entries of eight characters and more that stand near the top of every published list of leaked passwords.
const common =
  `password password1 password123 Password1! P@ssw0rd passw0rd p4ssword 12345678 123456789 1234567890 87654321 11111111 00000000
  qwertyui qwertyuiop qwerty123 qwerty12 1q2w3e4r 1q2w3e4r5t 1qaz2wsx zaq12wsx q1w2e3r4 asdfghjkl asdf1234 zxcvbnm1 abcd1234 abc12345 12341234
  123123123 abcabcabc iloveyou iloveyou1 ILoveYou2 sunshine sunshine1 princess princess1 football baseball1 superman batman123 trustno1 letmein123
  welcome1 Welcome2024 Summer2025! admin123 administrator changeme changeme1 master123 dragon123 monkey123 michael1 jennifer charlie1 starwars
  liverpool1 chelsea1 arsenal123 pokemon123 computer internet whatever 1password abcdefgh test1234 testtest adminadmin qazwsxedc 88888888 hellohello`.split(
    /\s+/,
  )

test('E23 common passwords are seen, however they are dressed up', () => {
  assert.deepEqual(
    common.filter((password) => !guessable(password, 'ada@example.com')),
    [],
  )
  assert.ok(commonWords.size > 900, `only ${commonWords.size} words`)
})

test('E23 the login is no password', () => {
  for (const password of ['lovelace@example.com', 'Lovelace@Example.com', 'lovelace', 'Lovelace1843', '2024lovelace!'])
    assert.ok(guessable(password, 'lovelace@example.com'), password)
})

test('passwords that took thought pass', () => {
  const good = [
    'correct mule staple battery',
    'Tr0ub4dor&3',
    'gnomes-eat-9-figs',
    'the quick brown fox',
    'jQ7#pLm2vX',
    'надёжный пароль 7',
    'corgi 🐕 on a skateboard',
    'blue-teapot-42',
    '        x       y ',
    'dragonfly wings of 7 glass',
  ]
  assert.deepEqual(
    good.filter((password) => guessable(password, 'ada@example.com')),
    [],
  )
})
