import type { Report } from './report.ts'
import { longestIndexed } from './check-tables.ts'
import type { FieldInfo } from './field.ts'
import { shortestSlugMax, slugKind } from './fields/slug.ts'
import type { ModelDef } from './registry.ts'

export function checkSlug(report: Report, model: ModelDef, name: string, info: FieldInfo): void {
  if (info.kind !== slugKind) return
  const what = `${model.name}.${name}`
  const wrong = (message: string, hint: string): void => report({ id: 'O024', place: info.place.toString(), message, hint })
  if (!info.default || !('slug' in info.default)) {
    wrong(`${what} is a slug with a default of its own.`, 'Leave .default(...) out: a slug is made of another field.')
    return
  }
  const { of } = info.default.slug
  const source = model.fields.get(of)
  if (source?.kind.name !== 'text' || source.name === name) {
    const texts = model.columns.filter((field) => field.kind.name === 'text' && field.name !== name).map((field) => field.name)
    wrong(
      `${what} is made of '${of}', and ${model.name} has no such text.`,
      texts.length > 0 ? `Texts of ${model.name}: ${texts.join(', ')}.` : `Add a text to ${model.name} to make it of.`,
    )
    return
  }
  const guarded = source.hidden || (source.readable !== undefined && source.readable !== 'everyone')
  if (guarded && !info.hidden && info.readable === undefined)
    wrong(
      `${what} is made of ${model.name}.${of}, which not everyone may read: the slug would give it away.`,
      'Make it of another field, or give the slug the same .readable(...) or .hidden().',
    )
  const max = info.options['max']
  if (!Number.isInteger(max) || Number(max) < shortestSlugMax)
    wrong(`${what} has a max of ${String(max)}.`, `Write a whole number from ${shortestSlugMax} to ${longestIndexed}, or leave it out.`)
}
