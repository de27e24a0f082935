import type { DeclarationProblem } from './registry.ts'

export type Report = (problem: Omit<DeclarationProblem, 'level'> & { readonly level?: 'warning' }) => void
