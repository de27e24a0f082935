// What the shop sells: departments, the categories in them, and the words their products are made of.

export interface CategoryWords {
  name: string
  shape: string
  /** Lowest and highest price, in whole units. */
  price: readonly [number, number]
  nouns: readonly string[]
  materials: readonly string[]
  /** What is said of any of them; `{noun}` and `{material}` are filled in. */
  says: readonly string[]
  hues: readonly number[]
}

export const collections = [
  'Alder',
  'Birk',
  'Calder',
  'Dune',
  'Elm',
  'Fjord',
  'Gale',
  'Harbour',
  'Isla',
  'Juniper',
  'Kestrel',
  'Linden',
  'Moor',
  'Norr',
  'Orchard',
  'Pebble',
  'Quarry',
  'Rowan',
  'Skerry',
  'Tarn',
  'Umber',
  'Vale',
  'Willow',
  'Yarrow',
] as const

export const care = [
  'Made in small batches, so no two are quite alike.',
  'Mended free of charge for as long as you own it.',
  'Ships flat, in paper, without plastic.',
  'Designed in our own workshop and tested for a year before it went on sale.',
  'Spare parts are available for ten years.',
  'A quiet favourite of the people who work here.',
  'Wipe clean; it only gets better with age.',
  'Comes with a note on how to look after it.',
] as const

export const departments: Readonly<Record<string, readonly CategoryWords[]>> = {
  Kitchen: [
    {
      name: 'Cookware',
      shape: 'pot',
      price: [29, 189],
      hues: [12, 205, 150, 38],
      materials: ['Enamel', 'Cast Iron', 'Copper', 'Steel'],
      nouns: ['Saucepan', 'Casserole', 'Stockpot', 'Milk Pan', 'Sauté Pan', 'Roasting Dish'],
      says: ['A {noun} with a heavy base that heats evenly and stays put.', 'The {material} keeps its heat from stove to table.'],
    },
    {
      name: 'Knives',
      shape: 'knife',
      price: [19, 159],
      hues: [28, 215, 20],
      materials: ['Oak', 'Walnut', 'Steel', 'Ash'],
      nouns: ['Paring Knife', 'Chef’s Knife', 'Bread Knife', 'Santoku', 'Fillet Knife', 'Cleaver'],
      says: [
        'A {noun} ground thin behind the edge, with a handle of {material} that fills the hand.',
        'Takes an edge quickly and holds it for weeks.',
      ],
    },
    {
      name: 'Tableware',
      shape: 'mug',
      price: [9, 59],
      hues: [200, 32, 345, 95],
      materials: ['Stoneware', 'Porcelain', 'Glass', 'Enamel'],
      nouns: ['Mug', 'Bowl', 'Dinner Plate', 'Serving Dish', 'Jug', 'Egg Cup'],
      says: ['A generous {noun} in {material}, glazed inside and bare at the foot.', 'Safe in the oven, the freezer and the dishwasher.'],
    },
    {
      name: 'Coffee & Tea',
      shape: 'kettle',
      price: [14, 139],
      hues: [24, 165, 210],
      materials: ['Copper', 'Steel', 'Porcelain', 'Cast Iron'],
      nouns: ['Pour-over Kettle', 'Teapot', 'Dripper', 'Moka Pot', 'French Press', 'Tea Caddy'],
      says: ['A {noun} for slow mornings: it pours in a thin, steady line.', 'The {material} keeps two cups warm for half an hour.'],
    },
  ],
  Home: [
    {
      name: 'Lighting',
      shape: 'lamp',
      price: [39, 329],
      hues: [45, 20, 190],
      materials: ['Brass', 'Linen', 'Paper', 'Opal Glass'],
      nouns: ['Table Lamp', 'Pendant', 'Floor Lamp', 'Wall Light', 'Reading Lamp', 'Clip Lamp'],
      says: ['A {noun} that gives a warm pool of light and no glare.', '{material} softens the light; the dimmer does the rest.'],
    },
    {
      name: 'Cushions & Throws',
      shape: 'cushion',
      price: [19, 129],
      hues: [345, 160, 30, 220],
      materials: ['Linen', 'Wool', 'Velvet', 'Cotton'],
      nouns: ['Cushion', 'Throw', 'Floor Cushion', 'Bolster', 'Blanket', 'Seat Pad'],
      says: ['A {noun} of washed {material}, soft from the first day.', 'Woven in a family mill and dyed in the piece.'],
    },
    {
      name: 'Furniture',
      shape: 'chair',
      price: [79, 690],
      hues: [28, 95, 200],
      materials: ['Oak', 'Ash', 'Beech', 'Walnut'],
      nouns: ['Chair', 'Stool', 'Side Table', 'Bench', 'Armchair', 'Bedside Table'],
      says: [
        'A {noun} of solid {material}, joined without a single screw.',
        'Light enough to lift with one hand, strong enough to stand on.',
      ],
    },
    {
      name: 'Storage',
      shape: 'basket',
      price: [12, 99],
      hues: [35, 20, 140],
      materials: ['Willow', 'Seagrass', 'Felt', 'Ash'],
      nouns: ['Basket', 'Laundry Basket', 'Crate', 'Magazine Rack', 'Lidded Box', 'Log Basket'],
      says: ['A {noun} of {material} that keeps its shape however full it is.', 'Two handles, and a base that does not scratch.'],
    },
  ],
  Garden: [
    {
      name: 'Hand Tools',
      shape: 'trowel',
      price: [9, 69],
      hues: [130, 25, 205],
      materials: ['Ash', 'Steel', 'Bronze', 'Beech'],
      nouns: ['Trowel', 'Hand Fork', 'Weeder', 'Secateurs', 'Dibber', 'Hoe'],
      says: ['A {noun} that goes into hard ground without bending.', 'Forged in one piece, with {material} where the hand is.'],
    },
    {
      name: 'Planters',
      shape: 'planter',
      price: [14, 149],
      hues: [16, 140, 35],
      materials: ['Terracotta', 'Zinc', 'Stoneware', 'Cedar'],
      nouns: ['Planter', 'Window Box', 'Hanging Pot', 'Herb Pot', 'Tall Planter', 'Saucer Pot'],
      says: ['A frost-proof {noun} of {material}, with a hole where it needs one.', 'Weathers to a finish you cannot buy.'],
    },
    {
      name: 'Watering',
      shape: 'can',
      price: [12, 89],
      hues: [155, 200, 45],
      materials: ['Zinc', 'Steel', 'Brass', 'Enamel'],
      nouns: ['Watering Can', 'Mister', 'Rain Gauge', 'Hose Nozzle', 'Long-reach Can', 'Indoor Can'],
      says: [
        'A {noun} balanced so that it does not drip on the way back.',
        '{material}, soldered by hand, with a rose that comes off to clean.',
      ],
    },
  ],
  Outdoors: [
    {
      name: 'Tents',
      shape: 'tent',
      price: [129, 749],
      hues: [145, 22, 205],
      materials: ['Canvas', 'Ripstop', 'Cotton', 'Nylon'],
      nouns: ['Tent for One', 'Tent for Two', 'Family Tent', 'Tarp', 'Bivvy', 'Bell Tent'],
      says: ['A {noun} that one person puts up in six minutes.', '{material} that breathes, with taped seams and pegs that hold in sand.'],
    },
    {
      name: 'Backpacks',
      shape: 'backpack',
      price: [49, 239],
      hues: [20, 210, 150, 45],
      materials: ['Canvas', 'Nylon', 'Waxed Cotton', 'Leather'],
      nouns: ['Daypack', 'Rucksack', 'Weekender', 'Roll-top', 'Trail Pack', 'Sling'],
      says: ['A {noun} in {material} that sits close and carries high.', 'One big pocket, two small ones, and nothing that dangles.'],
    },
    {
      name: 'Lanterns',
      shape: 'lantern',
      price: [19, 119],
      hues: [40, 10, 200],
      materials: ['Brass', 'Steel', 'Glass', 'Copper'],
      nouns: ['Lantern', 'Headlamp', 'Storm Lantern', 'Candle Lantern', 'Camp Light', 'Torch'],
      says: ['A {noun} bright enough to cook by and warm enough to sit by.', 'A frame of {material} around a glass you can replace.'],
    },
    {
      name: 'Bottles & Flasks',
      shape: 'bottle',
      price: [14, 59],
      hues: [190, 350, 150, 30],
      materials: ['Steel', 'Glass', 'Enamel', 'Copper'],
      nouns: ['Bottle', 'Flask', 'Food Jar', 'Travel Cup', 'Canteen', 'Kids’ Bottle'],
      says: [
        'A {noun} that keeps tea hot on the hill and water cold on the beach.',
        '{material} inside and out; the seal is the only part that ever wears.',
      ],
    },
  ],
  Desk: [
    {
      name: 'Notebooks',
      shape: 'notebook',
      price: [6, 39],
      hues: [350, 220, 45, 150],
      materials: ['Linen', 'Kraft', 'Leather', 'Cotton'],
      nouns: ['Notebook', 'Sketchbook', 'Diary', 'Pocket Book', 'Ledger', 'Music Book'],
      says: [
        'A {noun} that lies flat from the first page to the last.',
        'Bound in {material}, with paper that takes ink without bleeding.',
      ],
    },
    {
      name: 'Pens',
      shape: 'pen',
      price: [4, 129],
      hues: [215, 20, 350],
      materials: ['Brass', 'Walnut', 'Steel', 'Resin'],
      nouns: ['Fountain Pen', 'Ballpoint', 'Pencil Set', 'Rollerball', 'Brush Pen', 'Marking Pencil'],
      says: ['A {noun} in {material} with the weight where you want it.', 'Refills come from any shop, not only from ours.'],
    },
    {
      name: 'Desk Lamps',
      shape: 'desklamp',
      price: [49, 219],
      hues: [48, 205, 10],
      materials: ['Steel', 'Oak', 'Aluminium', 'Brass'],
      nouns: ['Desk Lamp', 'Task Light', 'Clamp Lamp', 'Piano Lamp', 'Banker’s Lamp', 'Folding Lamp'],
      says: ['A {noun} that stays exactly where you leave it.', 'An arm of {material} and a light that does not flicker.'],
    },
  ],
  Bath: [
    {
      name: 'Towels',
      shape: 'towel',
      price: [12, 79],
      hues: [195, 340, 40, 150],
      materials: ['Cotton', 'Linen', 'Waffle', 'Bamboo'],
      nouns: ['Bath Towel', 'Hand Towel', 'Bath Sheet', 'Face Cloth', 'Bath Mat', 'Hammam Towel'],
      says: ['A {noun} of long-staple {material} that dries you and then itself.', 'Thicker after the third wash than on the first day.'],
    },
    {
      name: 'Soap & Care',
      shape: 'soap',
      price: [5, 45],
      hues: [90, 30, 280, 190],
      materials: ['Olive', 'Lavender', 'Cedar', 'Oat'],
      nouns: ['Soap Bar', 'Hand Wash', 'Bath Salts', 'Shaving Soap', 'Hand Balm', 'Shampoo Bar'],
      says: ['A {noun} with {material}, boiled slowly and cured for six weeks.', 'Plain ingredients, all of them on the label.'],
    },
  ],
}
