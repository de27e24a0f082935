// The tree of categories, read once per visit.
let tree

/** `roots` are the departments in order, each with `children`; `byId` knows all. */
export function categories(api) {
  tree ??= load(api)
  return tree
}

async function load(api) {
  const { data } = await api.categories.list({ sort: ['position', 'name'], limit: 100 })
  const byId = new Map(data.map((category) => [category.id, { ...category, children: [] }]))
  const roots = []
  for (const category of byId.values()) {
    if (category.parent) byId.get(category.parent)?.children.push(category)
    else roots.push(category)
  }
  return { roots, byId }
}
