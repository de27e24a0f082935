// The pictures of the products: drawn, not photographed. A shape and a colour are all a product needs.

const wood = '#b98a5e'
const woodDark = '#946a43'

/** Each shape gets its tones (`a` light to `d` dark) and draws on a ground of 200 by 200. */
const shapes = {
  pot: ({ a, b, c }) =>
    `<rect x="46" y="86" width="108" height="66" rx="14" fill="${b}"/><rect x="46" y="86" width="34" height="66" rx="14" fill="${a}" opacity=".5"/><rect x="28" y="96" width="22" height="12" rx="6" fill="${c}"/><rect x="150" y="96" width="22" height="12" rx="6" fill="${c}"/><path d="M42 86a58 20 0 0 1 116 0z" fill="${c}"/><circle cx="100" cy="62" r="8" fill="${wood}"/>`,
  knife: ({ c, d }) =>
    `<g transform="rotate(-35 100 100)"><path d="M20 92h98v24H60c-22 0-36-10-40-24z" fill="#dfe3e4"/><path d="M20 92h98v8H24z" fill="#f4f6f6"/><rect x="116" y="88" width="10" height="32" rx="2" fill="#a9b0b2"/><rect x="126" y="88" width="58" height="26" rx="10" fill="${c}"/><circle cx="142" cy="101" r="3" fill="${d}"/><circle cx="164" cy="101" r="3" fill="${d}"/></g>`,
  mug: ({ a, b, c }) =>
    `<path d="M134 88h14a22 22 0 0 1 0 44h-14" fill="none" stroke="${c}" stroke-width="11"/><path d="M52 70h88v56a28 28 0 0 1-28 28H80a28 28 0 0 1-28-28z" fill="${b}"/><path d="M52 70h24v84a28 28 0 0 1-24-28z" fill="${a}" opacity=".55"/><ellipse cx="96" cy="70" rx="44" ry="10" fill="${c}"/><ellipse cx="96" cy="71" rx="37" ry="7" fill="#5b4332"/>`,
  kettle: ({ a, b, c }) =>
    `<path d="M60 70a42 42 0 0 1 80 0" fill="none" stroke="${wood}" stroke-width="8"/><path d="M138 112l34-30 8 8-36 48z" fill="${c}"/><path d="M56 84h88l10 58a12 12 0 0 1-12 12H58a12 12 0 0 1-12-12z" fill="${b}"/><path d="M56 84h22l-8 70H58a12 12 0 0 1-12-12z" fill="${a}" opacity=".5"/><rect x="62" y="74" width="76" height="12" rx="6" fill="${c}"/><circle cx="100" cy="70" r="7" fill="${wood}"/>`,
  lamp: ({ a, b, c }) =>
    `<path d="M52 150q48-34 96 0z" fill="#fff3cf" opacity=".0"/><path d="M72 44h56l24 62H48z" fill="${b}"/><path d="M72 44h18L72 106H48z" fill="${a}" opacity=".6"/><ellipse cx="100" cy="106" rx="52" ry="8" fill="#fff1c4"/><rect x="96" y="110" width="8" height="40" fill="${c}"/><rect x="70" y="148" width="60" height="9" rx="4.5" fill="${c}"/>`,
  cushion: ({ a, b, c }) =>
    `<path d="M46 62q54-16 108 0 12 46 0 92-54 14-108 0-12-46 0-92z" fill="${b}"/><path d="M46 62q27-8 54-8v107q-27 0-54-7-12-46 0-92z" fill="${a}" opacity=".45"/><path d="M70 58v98M100 54v107M130 58v98" stroke="${c}" stroke-width="4" opacity=".55"/>`,
  chair: ({ b, c }) =>
    `<rect x="62" y="40" width="9" height="116" rx="4" fill="${woodDark}"/><rect x="129" y="40" width="9" height="116" rx="4" fill="${woodDark}"/><rect x="64" y="46" width="72" height="34" rx="8" fill="${wood}"/><path d="M54 104h92l6 16H48z" fill="${b}"/><rect x="48" y="118" width="104" height="7" rx="3" fill="${c}"/><rect x="50" y="124" width="9" height="34" rx="4" fill="${wood}"/><rect x="141" y="124" width="9" height="34" rx="4" fill="${wood}"/>`,
  basket: ({ a, b, c }) =>
    `<path d="M64 84a36 40 0 0 1 72 0" fill="none" stroke="${c}" stroke-width="8"/><path d="M40 82h120l-14 70a8 8 0 0 1-8 6H62a8 8 0 0 1-8-6z" fill="${b}"/><path d="M44 100h112M48 118h104M51 136h98" stroke="${c}" stroke-width="4" stroke-dasharray="10 6"/><path d="M46 109h108M50 127h100" stroke="${a}" stroke-width="4" stroke-dasharray="6 10"/><rect x="36" y="76" width="128" height="12" rx="6" fill="${c}"/>`,
  trowel: ({ a, b }) =>
    `<g transform="rotate(40 100 100)"><rect x="90" y="18" width="20" height="62" rx="10" fill="${wood}"/><rect x="90" y="64" width="20" height="8" fill="${woodDark}"/><rect x="96" y="78" width="8" height="24" fill="#98a1a4"/><path d="M74 100h52v34q-6 32-26 46-20-14-26-46z" fill="${b}"/><path d="M74 100h24v78q-18-14-24-44z" fill="${a}" opacity=".5"/></g>`,
  planter: ({ a, b, c }) =>
    `<path d="M100 96q-6-46-40-54 4 40 40 54zM100 96q6-54 44-60-2 46-44 60zM100 96q-2-40 2-70 14 34-2 70z" fill="#5b8a5a"/><path d="M100 96q-30-22-52-12 20 24 52 12zM100 96q30-20 50-8-20 22-50 8z" fill="#77a571"/><path d="M58 104h84l-10 50a6 6 0 0 1-6 5H74a6 6 0 0 1-6-5z" fill="${b}"/><path d="M58 104h22l2 55h-8a6 6 0 0 1-6-5z" fill="${a}" opacity=".5"/><rect x="52" y="94" width="96" height="16" rx="5" fill="${c}"/>`,
  can: ({ a, b, c }) =>
    `<path d="M62 78a36 30 0 0 1 62 0" fill="none" stroke="${c}" stroke-width="8"/><path d="M122 120l44-52 10 8-44 70z" fill="${c}"/><path d="M160 58l24 18-6 8-24-18z" fill="${b}"/><path d="M52 82h78l8 72H44z" fill="${b}"/><path d="M52 82h22l-6 72H44z" fill="${a}" opacity=".5"/><rect x="48" y="76" width="86" height="10" rx="5" fill="${c}"/>`,
  tent: ({ a, b, c, d }) =>
    `<path d="M100 44L176 154H24z" fill="${b}"/><path d="M100 44L24 154h48z" fill="${a}"/><path d="M100 70l26 84H74z" fill="${d}"/><path d="M100 70l-26 84h14z" fill="${c}"/><path d="M100 44l-5-12M24 154l-10 6M176 154l10 6" stroke="${woodDark}" stroke-width="4"/>`,
  backpack: ({ a, b, c, d }) =>
    `<path d="M78 50a22 22 0 0 1 44 0" fill="none" stroke="${d}" stroke-width="8"/><rect x="40" y="92" width="20" height="50" rx="10" fill="${c}"/><rect x="140" y="92" width="20" height="50" rx="10" fill="${c}"/><rect x="54" y="48" width="92" height="110" rx="26" fill="${b}"/><path d="M54 74a26 26 0 0 1 26-26h10v110H80a26 26 0 0 1-26-26z" fill="${a}" opacity=".4"/><rect x="68" y="102" width="64" height="44" rx="10" fill="${c}"/><path d="M68 114h64" stroke="${d}" stroke-width="4"/><rect x="94" y="66" width="12" height="26" rx="4" fill="${wood}"/>`,
  lantern: ({ b, c, d }) =>
    `<path d="M76 56a24 26 0 0 1 48 0" fill="none" stroke="${d}" stroke-width="6"/><path d="M72 56h56l10 20H62z" fill="${c}"/><rect x="66" y="76" width="68" height="64" fill="#fff4d2"/><path d="M100 92q16 18 0 36-16-18 0-36z" fill="#f0a73a"/><path d="M66 76v64M100 76v10M134 76v64" stroke="${d}" stroke-width="6"/><rect x="58" y="138" width="84" height="16" rx="5" fill="${b}"/>`,
  bottle: ({ a, b, c }) =>
    `<rect x="84" y="30" width="32" height="20" rx="6" fill="${wood}"/><rect x="80" y="48" width="40" height="10" fill="${c}"/><path d="M80 58h40q4 16 12 24v68a10 10 0 0 1-10 10H78a10 10 0 0 1-10-10V82q8-8 12-24z" fill="${b}"/><path d="M80 58h12q-2 16-6 26v76h-8a10 10 0 0 1-10-10V82q8-8 12-24z" fill="${a}" opacity=".5"/><rect x="68" y="104" width="64" height="6" fill="${c}"/>`,
  notebook: ({ a, b, c, d }) =>
    `<g transform="rotate(-6 100 100)"><rect x="60" y="46" width="92" height="114" rx="6" fill="#f3efe6"/><rect x="52" y="42" width="92" height="114" rx="6" fill="${b}"/><rect x="52" y="42" width="18" height="114" rx="6" fill="${c}"/><rect x="124" y="42" width="6" height="114" fill="${d}"/><rect x="82" y="66" width="34" height="20" rx="3" fill="${a}"/></g>`,
  pen: ({ b, c, d }) =>
    `<g transform="rotate(45 100 100)"><rect x="90" y="18" width="20" height="64" rx="9" fill="${c}"/><rect x="88" y="78" width="24" height="6" fill="#c9a45a"/><rect x="91" y="84" width="18" height="62" fill="${b}"/><path d="M91 146h18l-9 34z" fill="#c9a45a"/><path d="M100 156v24" stroke="${d}" stroke-width="1.5"/><rect x="108" y="28" width="4" height="40" rx="2" fill="#c9a45a"/></g>`,
  desklamp: ({ a, b, c, d }) =>
    `<path d="M84 150L66 100l48-38" fill="none" stroke="${d}" stroke-width="7" stroke-linejoin="round"/><circle cx="66" cy="100" r="7" fill="${c}"/><path d="M104 46l38 30-20 26-36-28z" fill="${b}"/><path d="M104 46l12 10-28 22-2-4z" fill="${a}" opacity=".6"/><path d="M142 76l-20 26 34 26z" fill="#fff1c4" opacity=".9"/><rect x="54" y="148" width="66" height="10" rx="5" fill="${c}"/>`,
  towel: ({ a, b, c }) =>
    `<rect x="36" y="46" width="128" height="8" rx="4" fill="${woodDark}"/><path d="M58 50h84v108H58z" fill="${b}"/><path d="M58 50h26v108H58z" fill="${a}" opacity=".45"/><path d="M58 126h84M58 136h84" stroke="${c}" stroke-width="5"/><path d="M60 158v8M72 158v8M84 158v8M96 158v8M108 158v8M120 158v8M132 158v8M140 158v8" stroke="${b}" stroke-width="3"/>`,
  soap: ({ a, b, c }) =>
    `<ellipse cx="100" cy="140" rx="70" ry="16" fill="#e9e2d4"/><rect x="48" y="92" width="104" height="46" rx="18" fill="${b}"/><rect x="48" y="92" width="104" height="22" rx="11" fill="${a}" opacity=".6"/><rect x="78" y="106" width="44" height="14" rx="7" fill="${c}" opacity=".6"/><circle cx="62" cy="72" r="9" fill="#fff" opacity=".9"/><circle cx="82" cy="58" r="6" fill="#fff" opacity=".8"/><circle cx="132" cy="70" r="11" fill="#fff" opacity=".8"/>`,
  box: ({ a, b, c }) =>
    `<path d="M100 52l60 26v56l-60 26-60-26V78z" fill="${b}"/><path d="M100 52l60 26-60 26-60-26z" fill="${a}"/><path d="M100 104v56l-60-26V78z" fill="${c}"/>`,
}

/** The picture of a product as an SVG element. Decoration only: the name stands beside it. */
export function picture({ shape, hue }) {
  const h = Number(hue)
  const tones = { a: `hsl(${h} 48% 66%)`, b: `hsl(${h} 42% 50%)`, c: `hsl(${h} 42% 38%)`, d: `hsl(${h} 40% 26%)` }
  const draw = Object.hasOwn(shapes, shape) ? shapes[shape] : shapes.box
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 200 200')
  svg.setAttribute('aria-hidden', 'true')
  svg.innerHTML = `<rect width="200" height="200" fill="hsl(${h} 30% 93%)"/><ellipse cx="100" cy="160" rx="66" ry="9" fill="hsl(${h} 25% 60%)" opacity=".28"/>${draw(tones)}`
  return svg
}
