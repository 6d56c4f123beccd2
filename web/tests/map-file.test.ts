import { PMTiles, type RangeResponse, type Source } from "pmtiles";
import { expect, test } from "vitest";
import { layersIn } from "../src/map-file";

const MVT = 1;
const PNG = 2;

/** A file without tiles: the header of 127 bytes and what it says of itself, not compressed (PMTiles 3). */
function archive(kind: number, said: object): Source {
  const metadata = new TextEncoder().encode(JSON.stringify(said));
  const bytes = new Uint8Array(128 + metadata.length);
  const header = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("PMTiles"));
  bytes[7] = 3;
  header.setBigUint64(8, 127n, true); // where the root directory begins: one byte, no entry
  header.setBigUint64(16, 1n, true);
  header.setBigUint64(24, 128n, true); // where the metadata begin
  header.setBigUint64(32, BigInt(metadata.length), true);
  [bytes[97], bytes[98], bytes[99]] = [1, 1, kind];
  bytes.set(metadata, 128);
  return {
    getKey: () => "made up",
    getBytes: (offset, length): Promise<RangeResponse> =>
      Promise.resolve({ data: bytes.slice(offset, offset + length).buffer }),
  };
}

test("a file of shapes says which layers it has, one of pictures none", async () => {
  const said = { vector_layers: [{ id: "water" }, { id: "roads" }, {}] };

  const shapes = await layersIn(new PMTiles(archive(MVT, said)));
  const pictures = await layersIn(new PMTiles(archive(PNG, said)));

  expect([shapes, pictures]).toEqual([["water", "roads"], []]);
});
