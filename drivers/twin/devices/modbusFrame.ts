/** Frames of Modbus RTU: checksum and lengths. Source: Modbus over Serial Line V1.02, 2.5.1 and 6.2.2. */

/** CRC-16 with polynomial A001 (reflected 8005), start FFFF. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

/** Frame with its checksum, low byte first. */
export function sealed(body: readonly number[]): Uint8Array {
  const crc = crc16(Uint8Array.from(body));
  return Uint8Array.from([...body, crc & 0xff, crc >> 8]);
}

export function checksumHolds(frame: Uint8Array): boolean {
  if (frame.length < 4) return false;
  const crc = crc16(frame.subarray(0, -2));
  return frame[frame.length - 2] === (crc & 0xff) && frame[frame.length - 1] === crc >> 8;
}

/** Length of the request that begins so; undefined while unknown, or for a function whose length is not known. */
export function requestLength(head: Uint8Array): number | undefined {
  const code = head[1];
  if (code === undefined) return undefined;
  if (code >= 1 && code <= 6) return 8;
  const counted = code === 0x0f || code === 0x10;
  return counted && head[6] !== undefined ? 9 + head[6] : undefined;
}
