// The answers of both peers, in the shapes of the specification.

export const showProfile = ({ username, bio, image }, following) => ({ username, bio, image, following })

/** An article as it stands in lists: `marks` has what an ORM does not read as a column. */
export const showListed = (article, { author, following, tagList, favorited }) => ({
  slug: article.slug,
  title: article.title,
  description: article.description,
  tagList,
  createdAt: article.createdAt,
  updatedAt: article.updatedAt,
  favorited,
  favoritesCount: Number(article.favoritesCount),
  author: showProfile(author, following),
})
