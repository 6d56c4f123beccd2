import { expect, test } from "vitest";
import { payload, solve, type Challenge } from "../src/proof";

// made by the server's library with the number 7
const challenge: Challenge = {
  parameters: {
    algorithm: "PBKDF2/SHA-256",
    cost: 10,
    expiresAt: 2000000000,
    keyLength: 32,
    keyPrefix: "b93a52a683325a603de4a05b0df2fb22",
    nonce: "178626b006df39049fb714c239ae1870",
    salt: "753c8cdfd35f10a4e2647a35d1035b2f",
  },
  signature: "690265b172cf69d2228d5acc22b692cbeead1427f922a45501f9ac534914b1ba",
};

test("the number that the server thought of is found", async () => {
  const found = await solve(challenge);

  expect(found?.counter).toBe(7);
  expect(found?.derivedKey).toBe("b93a52a683325a603de4a05b0df2fb2212540cb0c957a90187c9be109ee5fe6f");
});

test("too few tries find nothing, and an unknown task is not begun", async () => {
  const unknown = { ...challenge, parameters: { ...challenge.parameters, algorithm: "SCRYPT" } };

  expect([await solve(challenge, 7), await solve(unknown)]).toEqual([null, null]);
});

test("what is sent holds the challenge as it was signed", () => {
  const sent = payload(challenge, { counter: 7, derivedKey: "b9" });

  expect(JSON.parse(atob(sent))).toEqual({ challenge, solution: { counter: 7, derivedKey: "b9" } });
});
