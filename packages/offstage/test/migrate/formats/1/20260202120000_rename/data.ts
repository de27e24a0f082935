export const steps = {
  'articles.words': {
    table: 'articles',
    columns: ['headline'],
    where: { words: null },
    run: (rows: readonly { headline: string }[]) => rows.map(({ headline }) => ({ words: headline.split(' ').length })),
  },
}
