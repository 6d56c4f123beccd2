// A file of tiles (PMTiles): whether it holds pictures, or shapes that are drawn here.
import { type PMTiles, TileType } from "pmtiles";

/** The names of the layers of shapes in a file; none for a file of pictures. */
export async function layersIn(file: PMTiles): Promise<string[]> {
  const { tileType } = await file.getHeader();
  if (tileType !== TileType.Mvt) return [];
  const said = (await file.getMetadata()) as { vector_layers?: { id?: unknown }[] } | null;
  return (said?.vector_layers ?? []).flatMap(({ id }) => (typeof id === "string" ? [id] : []));
}
