// What pages may load beside what they may by default: a Content-Security-Policy that is widened, checked word by word. What it is
// joined to stands in `http/policy.ts`.

import { didYouMean } from '../base/nearest.ts'

/** Directives that list sources. Others (`sandbox`, `report-uri`) are no list that could be widened. */
const directives = [
  'default-src',
  'script-src',
  'script-src-elem',
  'script-src-attr',
  'style-src',
  'style-src-elem',
  'style-src-attr',
  'img-src',
  'font-src',
  'connect-src',
  'media-src',
  'object-src',
  'frame-src',
  'child-src',
  'worker-src',
  'manifest-src',
  'base-uri',
  'form-action',
  'frame-ancestors',
] as const

/** Sources by directive: `{ 'script-src': ['https://js.stripe.com'] }`. They are added to those that pages have anyway. */
export type Csp = { readonly [D in (typeof directives)[number]]?: readonly string[] }

const keywords = ["'self'", "'unsafe-inline'", "'unsafe-eval'", "'wasm-unsafe-eval'", "'unsafe-hashes'", "'report-sample'"]
/** With these the browser would look away from the sources that are there: they narrow, or are no protection in a file that never changes. */
const useless: readonly (readonly [RegExp, string])[] = [
  [/^'none'$/i, 'The list only adds; leave the directive out to keep it as it is.'],
  [/^'strict-dynamic'$/i, "With it browsers pass over 'self' and every host. Name the hosts."],
  [/^'nonce-/i, "A file says the same nonce to everyone, so it protects nobody. Write the hash of the script: 'sha256-…'."],
]
const hash = /^'sha(?:256|384|512)-[A-Za-z\d+/_-]+={0,2}'$/
const scheme = /^(?:https?|wss?|data|blob|mediastream|filesystem):$/
// A comma would begin another policy, a semicolon another directive.
const host = /^(?:(?:https?|wss?):\/\/)?(?:\*|(?:\*\.)?[a-z\d-]+(?:\.[a-z\d-]+)*)(?::(?:\d{1,5}|\*))?(?:\/[\w\-.~!$&()*+=:@%/]*)?$/i
const unquoted = /^(?:self|none|unsafe-.*|wasm-unsafe-eval|strict-dynamic|report-sample|nonce-.*|sha\d+-.*)$/i

export interface CspProblem {
  readonly message: string
  readonly hint: string
  /** It works, and lets more run than one may think. */
  readonly wide?: true
}

export function cspProblems(csp: unknown): CspProblem[] {
  if (csp === undefined) return []
  if (typeof csp !== 'object' || csp === null || Array.isArray(csp))
    return [{ message: 'static.csp is no object.', hint: "Write csp: { 'script-src': ['https://js.stripe.com'] }." }]
  return Object.entries(csp).flatMap(([name, sources]) => directiveProblems(name, sources))
}

function directiveProblems(name: string, sources: unknown): CspProblem[] {
  if (!(directives as readonly string[]).includes(name))
    return [
      {
        message: `static.csp has '${shown(name)}', which is no directive that lists sources.`,
        hint: didYouMean(name, directives, 'These are'),
      },
    ]
  const at = `static.csp['${name}']`
  if (!Array.isArray(sources) || !sources.every((source) => typeof source === 'string'))
    return [{ message: `${at} is no list of texts.`, hint: `Write '${name}': ['https://js.stripe.com'].` }]
  const problems = (sources as string[]).flatMap((source) => {
    const hint = wrong(source)
    return hint === undefined ? [] : [{ message: `${at} has "${shown(source)}", which is no source.`, hint }]
  })
  const wide = (sources as string[]).filter((source) => runsAll.test(source))
  if (wide.length > 0 && scripts.has(name))
    problems.push({
      message: `${at} has ${wide.join(' and ')}: a script that somebody else gets into a page will run, as the user who looks at it.`,
      hint: "Name the hosts, and write the hashes of scripts within pages: 'sha256-…'. The browser's console tells them.",
      wide: true,
    } as CspProblem)
  return problems
}

const scripts: ReadonlySet<string> = new Set(['default-src', 'script-src', 'script-src-elem', 'script-src-attr'])
/** Also every host with a scheme or a port before it or after, and what a page makes of its own data. */
const runsAll = /^(?:'unsafe-inline'|'unsafe-eval'|(?:https?|data|blob|filesystem):|(?:\w+:\/\/)?\*(?::[\d*]+)?(?:\/.*)?)$/

/** What to write instead; undefined where the source is one. */
function wrong(source: string): string | undefined {
  const better = useless.find(([form]) => form.test(source))
  if (better) return better[1]
  if (keywords.includes(source) || hash.test(source) || scheme.test(source)) return undefined
  if (unquoted.test(source)) return `Words of the policy stand in quotes of their own: "'${shown(source)}'".`
  if (source.startsWith("'")) return didYouMean(source, keywords, 'The words are')
  return host.test(source)
    ? undefined
    : "Write one host such as 'https://js.stripe.com' or '*.example.com', a scheme such as 'blob:', or a word such as \"'self'\"."
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 60)).slice(1, -1)
