/**
 * What a frame keeps, or gives its page to keep, so that a reload goes on with the session: sealed, so that the page reads no token in it,
 * and bound to site, origin and network address, so that the site's own server cannot redeem what its page holds.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { sessionIdSchema, tokenSchema } from '@drydock/protocol';
import { z } from 'zod';
import { addressKeys } from '../scheduling/address-key.ts';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

const contentSchema = z.strictObject({ id: sessionIdSchema, token: tokenSchema });
export type HandleContent = z.output<typeof contentSchema>;

/** Whose handle it is. An IPv6 address counts by its network (address-key.ts): the device chooses the rest anew. */
export interface HandleHolder {
  site: string;
  origin: string;
  address: string;
}

export interface EmbedHandles {
  seal(content: HandleContent, holder: HandleHolder): string;
  /** Undefined for anybody else's, and for what was changed. It ends with its session. */
  open(handle: string, holder: HandleHolder): HandleContent | undefined;
}

const holderText = ({ site, origin, address }: HandleHolder) =>
  Buffer.from(JSON.stringify([site, origin, addressKeys(address).client]));

/** Builds them from the managers' own secret. */
export function createEmbedHandles(secret: string): EmbedHandles {
  const key = createHmac('sha256', secret).update('drydock/embed-handle').digest();
  return {
    seal(content, holder) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, key, iv).setAAD(holderText(holder));
      const sealed = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open(handle, holder) {
      const bytes = Buffer.from(handle, 'base64url');
      if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
      const [iv, tag] = [bytes.subarray(0, IV_BYTES), bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)];
      const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(holderText(holder)).setAuthTag(tag);
      try {
        const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
        return contentSchema.safeParse(JSON.parse(text.toString())).data;
      } catch {
        // Not sealed by us for this holder.
        return undefined;
      }
    },
  };
}
