// A proof of work by the protocol of ALTCHA, version 2: try numbers until the key derived from one begins as asked.

/** What is asked; hexadecimal strings and whole numbers, as the server signed them. */
export interface Challenge {
  parameters: {
    algorithm: string;
    cost: number;
    expiresAt: number;
    keyLength: number;
    keyPrefix: string;
    nonce: string;
    salt: string;
  };
  signature: string;
}

/** The number that was found and its key. */
export interface Solution {
  counter: number;
  derivedKey: string;
}

/** Find the number; null where the browser cannot, or after `most` tries. */
export async function solve(challenge: Challenge, most = 5000): Promise<Solution | null> {
  const { algorithm, cost, keyLength, keyPrefix, nonce, salt } = challenge.parameters;
  if (!globalThis.crypto?.subtle || !algorithm.startsWith("PBKDF2/")) return null;
  const password = new Uint8Array([...bytes(nonce), 0, 0, 0, 0]);
  const rounds = { name: "PBKDF2", hash: algorithm.slice(7), salt: bytes(salt), iterations: cost };
  for (let counter = 0; counter < most; counter += 1) {
    new DataView(password.buffer).setUint32(password.length - 4, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = hex(await crypto.subtle.deriveBits(rounds, key, keyLength * 8));
    if (derivedKey.startsWith(keyPrefix)) return { counter, derivedKey };
  }
  return null;
}

/** What the form sends: challenge and solution in Base64. */
export function payload(challenge: Challenge, solution: Solution): string {
  return btoa(JSON.stringify({ challenge, solution }));
}

function bytes(words: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(words.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function hex(data: ArrayBuffer): string {
  return [...new Uint8Array(data)].map((each) => each.toString(16).padStart(2, "0")).join("");
}
