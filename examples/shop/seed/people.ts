// Names, streets and opinions of people who do not exist.

export const firstNames = [
  'Ada', 'Amir', 'Anouk', 'Bea', 'Bilal', 'Bruno', 'Carmen', 'Chidi', 'Chloé', 'Dario', 'Dunja', 'Edith', 'Emeka', 'Esra',
  'Farah', 'Felix', 'Freya', 'Goran', 'Greta', 'Hana', 'Hugo', 'Ines', 'Ivo', 'Jana', 'Jonas', 'Kemal', 'Kira', 'Lars', 'Leila',
  'Lin', 'Luca', 'Mara', 'Mateo', 'Mei', 'Milan', 'Nadia', 'Nils', 'Noor', 'Oskar', 'Paula', 'Petra', 'Rafael', 'Rosa', 'Samir',
  'Selma', 'Sofia', 'Tariq', 'Tessa', 'Uma', 'Viktor', 'Wanda', 'Yara', 'Yusuf', 'Zoe',
] as const
export const lastNames = [
  'Abara', 'Almeida', 'Baumann', 'Bergström', 'Bianchi', 'Calloway', 'Castillo', 'Demir', 'Dubois', 'Ekström', 'Farouk', 'Fischer',
  'Garnier', 'Haddad', 'Hallberg', 'Ivanova', 'Jansen', 'Kaplan', 'Keller', 'Kowalski', 'Laurent', 'Lindqvist', 'Maier', 'Marchetti',
  'Nakamura', 'Novak', 'Okafor', 'Olsen', 'Pereira', 'Petrov', 'Quist', 'Rahman', 'Richter', 'Romano', 'Sato', 'Schneider', 'Silva',
  'Tanaka', 'Torres', 'Ueda', 'Varga', 'Vogel', 'Weber', 'Winther', 'Yilmaz', 'Zimmermann',
] as const
export const streets = ['Mill Lane', 'Harbour Street', 'Station Road', 'Linden Avenue', 'Church Row', 'Orchard Way', 'Bridge Street', 'Meadow Close', 'High Street', 'Quay Side'] as const
export const towns = ['Ashford', 'Brightwater', 'Coldharbour', 'Easterby', 'Fernhill', 'Greywell', 'Holmsund', 'Kirkby', 'Lindau', 'Marstrand', 'Northolt', 'Veldhoven'] as const

/** What people say, by the stars they give. */
export const opinions: Readonly<Record<number, readonly string[]>> = {
  5: ['Exactly what I hoped for.', 'I use it every single day.', 'Beautifully made, and packed with care.', 'Bought a second one for my sister.', 'Worth every penny.', 'Even better than in the picture.'],
  4: ['Very good, a little heavier than I thought.', 'Lovely, though it took a week to arrive.', 'Solid work. The colour is slightly darker in real life.', 'Does what it should, and looks good doing it.'],
  3: ['Fine for the price.', 'Nice, but smaller than expected.', 'Good quality; the finish had a small mark.', 'It is all right.'],
  2: ['Not quite what I expected.', 'Had to send the first one back; the second is better.', 'A bit flimsy for my taste.'],
  1: ['Arrived damaged. Staff were kind about it.', 'Not for me, sadly.'],
}
