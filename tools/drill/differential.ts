import { openTestStore } from '../../packages/offstage/test/database.ts'
import { differential } from '../../packages/offstage/test/random/differential.ts'

export async function differentialDrill(cases: number, seed: number): Promise<Record<string, unknown>> {
  let told = 0
  const figures = await differential(
    cases,
    seed,
    (registry) => openTestStore(registry),
    (now) => {
      if (now.cases - told < 1_000) return
      told = now.cases
      console.log(`${String(now.cases).padStart(8)} of ${cases} questions, ${now.rows} rows`)
    },
  )
  return { ...figures }
}
